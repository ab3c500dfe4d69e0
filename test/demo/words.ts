/** The demo's names and the words of its shop. */
export const WORDS =
  /\bcarts?\b|\bshop|catalog|\btea\b|kettle|sencha|\bdemo|how-it-works|behind.this.page|kill-worker|\/orders|\border(?:ed|s)? (?:is|are|was)\b|\bproducts\b|money\b|\bbench\b|dataloader/i;
