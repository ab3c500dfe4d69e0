import { type Letter, letter } from '../mail/letter.js';

/** What comes back by mail to whoever asks for an account or a new password. */

export function makeYourAccount(url: string): Letter {
  return letter('Make your account', [
    'Somebody, you we hope, wants to make an account with this address. Go on here:',
    url,
    'The link works once, for 30 minutes. If it was not you, there is nothing to do.',
  ]);
}

export function youHaveAnAccount(url: string): Letter {
  return letter('You have an account already', [
    'Somebody, you we hope, wants to make an account with this address. There is one: you can log in with it.',
    'If you don’t know its password any more, choose a new one here:',
    url,
    'The link works once, for 30 minutes. If it was not you, there is nothing to do.',
  ]);
}

export function chooseNewPassword(url: string): Letter {
  return letter('Choose a new password', [
    'Somebody, you we hope, has forgotten the password of your account. Choose a new one here:',
    url,
    'The link works once, for 30 minutes. With the new password all your devices are logged out. If it was not you, there is nothing to do: your password stays what it is.',
  ]);
}

export function youHaveNoAccount(url: string): Letter {
  return letter('There is no account with this address', [
    'Somebody, you we hope, wants a new password for an account with this address. There is none: you may have used another address. If your account had this one until lately, look for our mail about that change: it has a link to take the address back. Or make a new account here:',
    url,
    'The link works once, for 30 minutes. If it was not you, there is nothing to do.',
  ]);
}
