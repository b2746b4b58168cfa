/** The words of a search, each to be found as the beginning of a word in the product. */
export const searchWords = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
