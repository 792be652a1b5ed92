import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/* Writes the URL of each module that the process loads to the file LIST_MODULES. */
const { LIST_MODULES = '' } = process.env;
registerHooks({
  load: (url, context, next) => {
    appendFileSync(LIST_MODULES, `${url}\n`);
    return next(url, context);
  },
});
