import { type Letter, letter } from '../mail/letter.js';

/** The mails about an account that exists. */

export function confirmAddress(url: string): Letter {
  return letter('Confirm your new address', [
    'Your account is to have this e-mail address from now on. Confirm it here:',
    url,
    'Only you can do that, logged in to your account. The link works once, for 30 minutes. If you know nothing of it, there is nothing to do.',
  ]);
}

export function addressToChange(undoUrl: string): Letter {
  return letter('Your e-mail address is about to be changed', [
    'Somebody, you we hope, wants your account to have another e-mail address. It has this one until the other one is confirmed.',
    'If it was not you, somebody else is in your account. Keep your address, log everybody out and end the password here, within a week:',
    undoUrl,
    'Then we send you a link to choose a new one.',
  ]);
}

export function addressIsTaken(): Letter {
  return letter('This address has an account already', [
    'Somebody, you we hope, wants to use this e-mail address for their account. It belongs to another account already, so nothing was changed. Delete that one first, or use another address.',
  ]);
}

export function addressChanged(undoUrl: string): Letter {
  return letter('Your e-mail address was changed', [
    'Your account has another e-mail address now: this is the last mail to this one.',
    'If it was not you, somebody else is in your account. Take your address back, log everybody out and end the password here, within a week:',
    undoUrl,
    'Then we send you a link to choose a new one.',
  ]);
}

export function chooseAfterUndo(url: string): Letter {
  return letter('Choose a new password', [
    'Your account has this e-mail address, and all devices were logged out. Its password is no longer good. Choose a new one here:',
    url,
    'The link works once, for 30 minutes. After that, ask for another one at “Forgotten your password?”.',
  ]);
}

export function addressRestored(): Letter {
  return letter('Your account has its old e-mail address again', [
    'The last change of the e-mail address of your account was undone by somebody who reads the mails of the old one. All devices were logged out, and the account gets a new password.',
    'If the account was yours with this address, somebody else reads the mails of the old one: answer this mail at once.',
  ]);
}

export function secondFactorChanged(forgottenUrl: string): Letter {
  return letter('The second step of your login was changed', [
    'The second step of your login, a code from an app, was switched on or off just now.',
    'If it was not you, somebody else may be in your account. Choose a new password here, which logs everybody out:',
    forgottenUrl,
  ]);
}

export function accountDisabled(forgottenUrl: string): Letter {
  return letter('Your account was disabled', [
    'Your account was disabled just now, and all your devices were logged out. Nothing was deleted.',
    'To use it again, or if it was not you, choose a new password here:',
    forgottenUrl,
  ]);
}

export function accountDeleted(): Letter {
  return letter('Your account was deleted', [
    'Your account was deleted just now, and all your devices were logged out.',
  ]);
}
