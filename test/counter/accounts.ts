/** Those who can log in to the app of the tests. */
export const PASSWORD = 'a walk along the river';

export const ACCOUNTS = [
  { email: 'ada@example.com', name: 'Ada Lovelace' },
  { email: 'grace@example.com', name: 'Grace Hopper' },
] as const;
