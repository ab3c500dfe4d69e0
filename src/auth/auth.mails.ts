import { type Letter, letter } from '../mail/letter.js';
import type { Device } from './device-cookie.js';

/** News about the ways into an account. */

export function newDevice({ name, address }: Device, devicesUrl: string): Letter {
  return letter('A login from a new device', [
    `Somebody, you we hope, has logged in to your account with a device that was not used for it before: ${name}, from the address ${address}.`,
    'If it was not you, change your password at once. Here you see all your devices, and can log any of them out:',
    devicesUrl,
  ]);
}

export function wrongCodes({ name, address }: Device, forgottenUrl: string): Letter {
  return letter('Your password was used with a wrong code', [
    `Somebody, you we hope, has entered the password of your account and then a wrong code: ${name}, from the IP address ${address}. That code did not let them in.`,
    'If it was not you, somebody knows your password. Choose another one here:',
    forgottenUrl,
  ]);
}

export function passwordChanged(forgottenUrl: string): Letter {
  return letter('Your password was changed', [
    'The password of your account was changed just now.',
    'If it was not you, somebody else may be in your account. Choose a new password here, which logs everybody out:',
    forgottenUrl,
  ]);
}
