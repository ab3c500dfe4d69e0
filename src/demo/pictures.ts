/** The picture beside the words of the app's own pages, by what the page is about. */
const PICTURES: Readonly<Record<string, string>> = {
  login: 'products/cup',
  signup: 'products/pot',
  password: 'products/tin',
  second_factor: 'products/strainer',
  recovery_codes: 'products/tin',
  email: 'products/tray',
  name: 'products/tray',
  disable: 'products/kettle',
  delete: 'pictures/empty-cup',
  unavailable: 'pictures/sandglass',
  error: 'pictures/spilled-cup',
};

/** The path of the picture for a page about `subject`. */
export function pictureFor(subject: string): string {
  return `/demo/${PICTURES[subject] ?? 'products/cup'}.svg`;
}
