/** A text, or one for each plural form of its `{count}`. */
export type Message = string | { readonly one: string; readonly other: string };

/** What another language must have: the same keys, no more, and plurals where the original has them. */
export type Translated<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string ? string : Exclude<Message, string>;
};
