/** Mails about the reader’s account itself: English. */
export const accountEn = {
  'password.changed.subject': 'Your password was changed',
  'password.changed.happened':
    'Your account has a new password. Everybody who was signed in with the old one was signed out; applications that you allowed keep their access.',
  'password.changed.by_user':
    'Your account has a new password, set on your account page. Every other browser was signed out; applications that you allowed keep their access.',
  'password.removed.subject': 'Your password was removed',
  'password.removed.happened':
    'Your account has no password any more, so nobody can sign in with one. Everybody who was signed in was signed out; applications that you allowed keep their access.',
  'password.removed.upstream':
    'Somebody signed in to your account at the platform’s own login. From now on that is the only way in: the password that {host} kept for you was removed.',
  'password.first.subject': 'Your account has a password now',
  'password.first.happened':
    'A password was set for your account, which had none before. Together with your e-mail address it opens your account.',
  'password.expected': 'If you wanted this, there is nothing to do.',
  'password.unexpected':
    'If not, somebody else may be trying to get into your account: set a new password where you manage your account, or ask the operator of {host} for help. Then look through your authorized applications and your activity.',
  'password.unexpected_upstream':
    'If not, change your password at once where you sign in, and end all sessions there. Then look through your authorized applications and your activity.',
  'password.by': 'The platform that manages your account, or its operator',
  'password.by_user': 'Somebody who was signed in as you and knew the password before',
  'password.by_upstream': 'This server, at the first sign-in there',
  'email.subject': 'The e-mail address of your account was changed',
  'email.former':
    'Your account at {host} has a new e-mail address. Mails about your account go there now; this address is no longer used.',
  'email.new':
    'Your account at {host} has this e-mail address now. Mails about your account come here now; your former address is no longer used.',
  'account.unexpected':
    'If not, somebody else may be trying to get into your account: ask the operator of {host} for help. Then look through your authorized applications and your activity.',
  'identity.linked.subject': 'A sign-in was linked to your account',
  'identity.linked.happened':
    'A sign-in at {provider} was linked to your account. From now on it opens your account.',
  'identity.linked.by_email':
    'Somebody signed in at {provider}, and {provider} says that your e-mail address is theirs. Because of that, this sign-in was linked to your account: from now on it opens your account.',
  'identity.replaced.subject': 'Another sign-in opens your account now',
  'identity.replaced.happened':
    'Another sign-in at {provider} was linked to your account. The former one no longer opens it, and everybody was signed out.',
  'identity.removed.subject': 'A sign-in was removed from your account',
  'identity.removed.happened':
    'The sign-in at {provider} no longer opens your account, and everybody was signed out.',
  'identity.by_email': 'This server, because {provider} had verified the e-mail address',
  'sign_in.subject': 'New sign-in to your account',
  'sign_in.happened':
    'Somebody signed in to your account in a browser that we had not seen there before.',
  'sign_in.expected':
    'If it was you, in a new browser or after its cookies were deleted, there is nothing to do.',
  'sign_in.unexpected':
    'If it was not you, change your password at once: that signs everybody out. Then look through your authorized applications and your activity.',
  'sign_in.unexpected_upstream':
    'If it was not you, change your password at once where you sign in, and end all sessions there. Then look through your authorized applications and your activity.',
  'label.by': 'By whom',
} as const;

/** Mails about the reader’s account itself: German. */
export const accountDe: Record<keyof typeof accountEn, string> = {
  'password.changed.subject': 'Dein Passwort wurde geändert',
  'password.changed.happened':
    'Dein Konto hat ein neues Passwort. Wer mit dem alten angemeldet war, wurde abgemeldet; Anwendungen, die du zugelassen hast, behalten ihren Zugriff.',
  'password.changed.by_user':
    'Dein Konto hat ein neues Passwort, gesetzt auf deiner Kontoseite. Alle anderen Browser wurden abgemeldet; Anwendungen, die du zugelassen hast, behalten ihren Zugriff.',
  'password.removed.subject': 'Dein Passwort wurde entfernt',
  'password.removed.happened':
    'Dein Konto hat kein Passwort mehr, also kann sich niemand mehr mit einem anmelden. Wer angemeldet war, wurde abgemeldet; Anwendungen, die du zugelassen hast, behalten ihren Zugriff.',
  'password.removed.upstream':
    'Jemand hat sich mit der Anmeldung der Plattform in deinem Konto angemeldet. Von jetzt an ist das der einzige Weg hinein: Das Passwort, das {host} für dich hatte, wurde entfernt.',
  'password.first.subject': 'Dein Konto hat jetzt ein Passwort',
  'password.first.happened':
    'Für dein Konto wurde ein Passwort gesetzt, es hatte vorher keines. Zusammen mit deiner E-Mail-Adresse öffnet es dein Konto.',
  'password.expected': 'Wenn du das wolltest, musst du nichts tun.',
  'password.unexpected':
    'Wenn nicht, versucht vielleicht jemand anderes, in dein Konto zu kommen: Setz dort, wo du dein Konto verwaltest, ein neues Passwort, oder bitte den Betreiber von {host} um Hilfe. Sieh danach deine zugelassenen Anwendungen und deine Aktivität durch.',
  'password.unexpected_upstream':
    'Wenn nicht, ändere sofort dein Passwort dort, wo du dich anmeldest, und beende dort alle Sitzungen. Sieh danach deine zugelassenen Anwendungen und deine Aktivität durch.',
  'password.by': 'Die Plattform, die dein Konto verwaltet, oder ihr Betreiber',
  'password.by_user': 'Jemand, der als du angemeldet war und das bisherige Passwort kannte',
  'password.by_upstream': 'Dieser Server, bei der ersten Anmeldung dort',
  'email.subject': 'Die E-Mail-Adresse deines Kontos wurde geändert',
  'email.former':
    'Dein Konto bei {host} hat eine neue E-Mail-Adresse. Mails zu deinem Konto gehen jetzt dorthin; diese Adresse wird nicht mehr benutzt.',
  'email.new':
    'Dein Konto bei {host} hat jetzt diese E-Mail-Adresse. Mails zu deinem Konto kommen jetzt hier an; die bisherige Adresse wird nicht mehr benutzt.',
  'account.unexpected':
    'Wenn nicht, versucht vielleicht jemand anderes, in dein Konto zu kommen: Bitte den Betreiber von {host} um Hilfe. Sieh danach deine zugelassenen Anwendungen und deine Aktivität durch.',
  'identity.linked.subject': 'Eine Anmeldung wurde mit deinem Konto verknüpft',
  'identity.linked.happened':
    'Eine Anmeldung bei {provider} wurde mit deinem Konto verknüpft. Ab jetzt öffnet sie dein Konto.',
  'identity.linked.by_email':
    'Jemand hat sich bei {provider} angemeldet, und {provider} hat bestätigt, dass dieser Person deine E-Mail-Adresse gehört. Deshalb wurde diese Anmeldung mit deinem Konto verknüpft: Ab jetzt öffnet sie dein Konto.',
  'identity.replaced.subject': 'Eine andere Anmeldung öffnet jetzt dein Konto',
  'identity.replaced.happened':
    'Eine andere Anmeldung bei {provider} wurde mit deinem Konto verknüpft. Die bisherige öffnet es nicht mehr, und alle wurden abgemeldet.',
  'identity.removed.subject': 'Eine Anmeldung wurde von deinem Konto entfernt',
  'identity.removed.happened':
    'Die Anmeldung bei {provider} öffnet dein Konto nicht mehr, und alle wurden abgemeldet.',
  'identity.by_email': 'Dieser Server, weil {provider} die E-Mail-Adresse bestätigt hat',
  'sign_in.subject': 'Neue Anmeldung in deinem Konto',
  'sign_in.happened':
    'Jemand hat sich in deinem Konto angemeldet, in einem Browser, den wir dort noch nicht gesehen haben.',
  'sign_in.expected':
    'Wenn du es warst, in einem neuen Browser oder nach dem Löschen von Cookies, musst du nichts tun.',
  'sign_in.unexpected':
    'Wenn du es nicht warst, ändere sofort dein Passwort: Damit werden alle abgemeldet. Sieh danach deine zugelassenen Anwendungen und deine Aktivität durch.',
  'sign_in.unexpected_upstream':
    'Wenn du es nicht warst, ändere sofort dein Passwort dort, wo du dich anmeldest, und beende dort alle Sitzungen. Sieh danach deine zugelassenen Anwendungen und deine Aktivität durch.',
  'label.by': 'Von wem',
};
