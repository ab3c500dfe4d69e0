import { SetMetadata } from '@nestjs/common';

export const PUBLIC = Symbol('public');

/** Lets everybody in. Without it a handler, or all of a controller, is for those who are logged in. */
export const Public = () => SetMetadata(PUBLIC, true);
