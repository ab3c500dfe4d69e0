/** What people know the app by, unless a feature gives it another name. */
export const DEFAULT_APP_NAME = 'Nest Session Starter';

/** The name on its pages, in its emails and in authenticator apps: `@Inject(APP_NAME) appName: string`. */
export const APP_NAME = Symbol('app name');
