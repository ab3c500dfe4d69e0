/** What people know the program by: on its pages, in its mails and in their authenticator apps. */
export const APP_NAME = 'Leaf & Kettle';
