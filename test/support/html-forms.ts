/** A control of a form. */
export interface FormField {
  readonly name: string;
  /** `hidden`, `text`, `checkbox`, `submit`… */
  readonly type: string;
  readonly value: string;
  readonly checked: boolean;
}

/** A form of a page. */
export interface Form {
  /** The attribute as written, possibly relative; undefined means the page itself. */
  readonly action: string | undefined;
  readonly method: string;
  readonly fields: readonly FormField[];
}

const FORM = /<form\b([^>]*)>([\s\S]*?)<\/form>/gi;
const CONTROL =
  /<(input|button)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>|<textarea\b((?:"[^"]*"|'[^']*'|[^>"'])*)>([\s\S]*?)<\/textarea>|<select\b((?:"[^"]*"|'[^']*'|[^>"'])*)>([\s\S]*?)<\/select>/gi;
const ATTRIBUTE = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
const OPTION = /<option\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;

/** Reads the forms of a page of this server. Supports only the HTML used there. */
export function readForms(html: string): Form[] {
  return [...html.matchAll(FORM)].map(([, head = '', body = '']) => {
    const attributes = readAttributes(head);
    return {
      action: attributes.get('action'),
      method: (attributes.get('method') ?? 'get').toLowerCase(),
      fields: [...body.matchAll(CONTROL)].flatMap(readControl),
    };
  });
}

function readControl(match: RegExpExecArray): FormField[] {
  const [, tag, plain, textareaHead, text, selectHead, options] = match;
  const attributes = readAttributes(plain ?? textareaHead ?? selectHead ?? '');
  const name = attributes.get('name');
  if (name === undefined || attributes.has('disabled')) {
    return [];
  }
  if (selectHead !== undefined) {
    return [{ name, type: 'select', value: selectedOption(options ?? ''), checked: false }];
  }
  if (textareaHead !== undefined) {
    return [{ name, type: 'textarea', value: decode(text ?? ''), checked: false }];
  }
  const type = attributes.get('type') ?? (tag?.toLowerCase() === 'button' ? 'submit' : 'text');
  const value = attributes.get('value') ?? (type === 'checkbox' ? 'on' : '');
  return [{ name, type, value, checked: attributes.has('checked') }];
}

function selectedOption(html: string): string {
  const options = [...html.matchAll(OPTION)].map(([, head = '']) => readAttributes(head));
  const chosen = options.find((option) => option.has('selected')) ?? options[0];
  return chosen?.get('value') ?? '';
}

function readAttributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decode(double ?? single ?? bare ?? ''),
    ]),
  );
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined || hex !== undefined) {
      return String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10));
    }
    return ENTITIES[name] ?? whole;
  });
}
