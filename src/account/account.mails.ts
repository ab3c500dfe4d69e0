import { type Letter, letter } from '../mail/letter.js';

/** The mails about an account that exists. */

export function confirmAddress(url: string): Letter {
  return letter('Confirm your new address', [
    'Your account is to have this e-mail address from now on. Confirm it here:',
    url,
    'You need to be logged in to your account to confirm it. The link works once, for 30 minutes. If you did not ask for this, there is nothing to do.',
  ]);
}

export function addressToChange(undoUrl: string): Letter {
  return letter('Your e-mail address is about to be changed', [
    'Somebody, you we hope, wants your account to have another e-mail address. Nothing changes until that one is confirmed.',
    'If it was not you, somebody else is in your account. Follow this link within a week. It keeps your address, logs all devices out, and makes your password stop working:',
    undoUrl,
    'We then email you a link to choose a new password.',
  ]);
}

export function addressIsTaken(): Letter {
  return letter('This address has an account already', [
    'Somebody, you we hope, wants to use this e-mail address for their account. It belongs to another account already, so nothing was changed. Delete that one first, or use another address.',
  ]);
}

export function addressChanged(undoUrl: string): Letter {
  return letter('Your e-mail address was changed', [
    'Your account has another e-mail address now.',
    'If it was not you, somebody else is in your account. Follow this link within a week. It takes your address back, logs all devices out, and makes your password stop working:',
    undoUrl,
    'We then email you a link to choose a new password.',
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
    'Somebody with access to an earlier e-mail address of your account has restored that address. All devices were logged out, and the password no longer works.',
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
