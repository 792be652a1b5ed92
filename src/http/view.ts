/** A template in `views/`, with the type of its props. */
export interface View<Props extends object> {
  /** File name in `views/` without its ending. */
  readonly name: string;
  /** Never set: it only carries the type. */
  readonly props?: Props;
}

/** Names a template and types its props: `view<ChangeProps>('grants/change')`. */
export function view<Props extends object>(name: string): View<Props> {
  return { name };
}
