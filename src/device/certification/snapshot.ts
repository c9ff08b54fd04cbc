/** What the build put in of the setting `STATUS_LISTS`. */
declare const __STATUS_LISTS__: Partial<Record<string, string>>;

/** The status lists that came with the app, by their names, as `1-revocation`. A file of its own, which is loaded with the first check of a status. */
export const lists = __STATUS_LISTS__;
