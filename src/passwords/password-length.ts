/** NIST SP 800-63B-4, 3.1.1.2, for a password that is the only factor; counted in code points. */
export const SHORTEST_PASSWORD = 15;

/** More than anybody types, and little enough to hash (NIST asks for 64 at least). In code points. */
export const LONGEST_PASSWORD = 256;

/** As passwords are counted: in code points of their NFKC form, in which they are hashed too. */
export function passwordLength(password: string): number {
  return [...password.normalize('NFKC')].length;
}
