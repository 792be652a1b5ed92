import { noFields } from '../../http/form.ts';
import { type PageAnswer, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { uploadedFile } from '../../http/upload.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { type EncodedLogo, LOGO_BYTES, LOGO_SIDE, type LogoFault } from '../encode-logo.ts';
import { setLogo } from '../set-logo.ts';
import type { ApplicationText } from '../texts.ts';
import { APPLICATIONS, type OwnerRequest, ownerPage } from './owner-page.ts';
import { renderOwn } from './presenters.ts';

/** Uploads the logo of an application. */
export const logoPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/logo`,
  recent: true,
  // More than a logo may have, so that the page can say so.
  fileBytes: 3 * LOGO_BYTES,
  show: (request) => showForm(request),
  post: {
    form: noFields,
    prepare: async (request): Promise<PageAnswer | EncodedLogo> => {
      const encoded = await request.deps.encodeLogo(uploadedFile(request.ctx));
      return typeof encoded === 'string' ? showForm(request, encoded) : encoded;
    },
    submit: async ({ tx, actor, clientId, home, origin, input: logo }) => {
      await setLogo(tx, actor, clientId, { logo, origin });
      return seeOther(`${home}/edit?notice=logo_saved`);
    },
  },
});

export const removeLogoPage = ownerPage({
  path: `${APPLICATIONS}/:clientId/logo/remove`,
  recent: true,
  show: ({ home }) => seeOther(`${home}/logo`),
  post: {
    form: noFields,
    submit: async ({ tx, actor, clientId, home, origin }) => {
      await setLogo(tx, actor, clientId, { logo: undefined, origin });
      return seeOther(`${home}/edit?notice=logo_removed`);
    },
  },
});

function showForm(request: OwnerRequest, fault?: LogoFault): PageAnswer {
  const { application } = request.own;
  if (application.kind !== 'registered') {
    throw new StagedoorError('not_found', 'Only registered applications have a logo.');
  }
  const t = translator<ApplicationText>(request.locale);
  const errors =
    fault === undefined ? {} : { logo: [t(`applications.logo.${fault}`, { side: LOGO_SIDE })] };
  const props = { hasLogo: application.logo !== null, errors };
  return renderOwn(request, 'applications/logo', props, fault === undefined ? 200 : 422);
}
