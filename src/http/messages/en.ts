import { accountEn } from '../../account/messages.ts';
import { activityEn } from '../../activity/messages.ts';
import { applicationsEn } from '../../applications/messages.ts';
import { authorizationsEn } from '../../grants/messages.ts';
import { insightsEn } from '../../insights/messages.ts';
import { upstreamEn } from '../../sign-in/upstream/messages.ts';
import { guideEn } from '../../site/messages.ts';
import { apiDocsEn } from '../../site/messages-api-docs.ts';
import { apiServicesEn } from '../../site/messages-api-services.ts';
import type { Message, Translated } from './message.ts';

/** All texts of the pages. No HTML in here: `{name}` is filled in by `translate.ts`. */
export const en = {
  'layout.skip': 'Skip to the content',
  'layout.navigation': 'Account',
  'layout.authorizations': 'Authorized applications',
  'layout.logout': 'Sign out',
  'layout.footer':
    'Applications act for you here only with your consent, and only until you revoke it.',
  'layout.error_title': 'Error: {title}',
  'layout.new_tab': '(opens in a new tab)',
  'link.home': 'Home page',
  'link.login': 'Sign in',
  'link.sign_in_and_continue': 'Sign in and continue',
  'link.restart': 'Start this request again',
  'link.authorizations': 'Your authorized applications',
  'link.application': 'Go to {application}',

  'landing.title': 'Let applications in, on your terms',
  'landing.what':
    'Stagedoor lets applications work with your organizers without ever seeing your password. You pick the organizers and what the application may do there, and you can end it at any time.',
  'landing.login': 'Sign in',
  'landing.authorizations': 'Your authorized applications',
  'landing.demo.title': 'This is a demo: try it from start to finish',
  'landing.demo.open': 'Open the demo application and choose “Connect”.',
  'landing.demo.link': 'Open the demo application',
  'landing.demo.sign_in': 'Sign in here as one of these users:',
  'landing.demo.consent':
    'Pick an organizer, allow the access, and watch what the application can do.',
  'landing.demo.email': 'E-mail address',
  'landing.demo.password': 'Password',
  'landing.demo.password_in_terminal': 'Shown in the terminal in which the server was started',
  'landing.demo.note': 'Who it is',

  'login.title': 'Sign in',
  'login.title_recent': 'Confirm that it is you',
  'login.title_switch': 'Sign in as someone else',
  'login.continue': 'Sign in to continue to {application}.',
  'login.recent': 'You signed in some time ago. Enter your password again to go on.',
  'login.switch': 'Whoever is signed in now will be signed out first.',
  'login.email': 'E-mail address',
  'login.password': 'Password',
  'login.submit': 'Sign in',
  'login.submit_recent': 'Confirm',
  'login.error.credentials':
    'E-mail address and password do not match an account here. Check both and try again.',
  'login.error.throttled': {
    one: 'Too many attempts. Wait a minute, then try again.',
    other: 'Too many attempts. Wait {count} minutes, then try again.',
  },
  'login.error.busy': {
    one: 'Too many people are signing in at the moment. Try again in a second.',
    other: 'Too many people are signing in at the moment. Try again in {count} seconds.',
  },

  'consent.title': 'Allow access?',
  'consent.heading': '{application} asks for access',
  'consent.by': 'by {owner}',
  'consent.homepage': 'Website',
  'consent.signed_in': 'Signed in as {name}',
  'consent.switch': 'Not you?',
  'consent.unreviewed.title': 'Nobody here has checked this application',
  'consent.unreviewed.text':
    'The operator of this platform has not reviewed it. Allow access only if you know and trust the people behind it.',
  'consent.reviewed': 'The operator of this platform has reviewed this application.',
  'consent.scheme.title': 'Did you start this yourself?',
  'consent.scheme.text':
    'More than one application receives answers at {scheme} on your device. Allow access only if you have just started this in the application that you want to connect.',
  'consent.again.title': 'You have allowed this application before',
  'consent.again.more':
    'The last time was on {date}. What it asks for on top of that is marked as new.',
  'consent.again.same': 'The last time was on {date}. It asks for nothing new.',
  'consent.again.stays': 'What you allowed then stays as it is until you change or revoke it:',
  'consent.new': 'New',
  'consent.scopes': 'What it may do',
  'consent.scopes.help': 'Untick what you do not want to allow.',
  'consent.organizers': 'For which organizers',
  'consent.organizers.help': 'It gets no access to any organizer that you do not tick.',
  'consent.organizers.again': 'Those that you allowed last time come first.',
  'consent.organizers.limit': 'One access covers at most {limit} organizers.',
  'consent.organizers.earlier': 'last time',
  'consent.organizers.none':
    'You are not in a team of any organizer, so there is nothing that this application could be given. Ask an organizer to add you to a team, then start again from the application.',
  'consent.filter': 'Find an organizer',
  'consent.filter.all': 'Tick all shown',
  'consent.filter.clear': 'Untick all',
  'consent.filter.count': '{selected} of {total} ticked',
  'consent.filter.shown': '{shown} shown',
  'consent.filter.full': 'at most {limit}',
  'consent.filter.empty': 'No organizer has that in its name.',
  'consent.password': 'Your password',
  'consent.password.help':
    'You signed in some time ago, so please confirm that it is you. Denying needs no password.',
  'consent.allow': 'Allow',
  'consent.deny': 'Deny',
  'consent.back': 'Either way you go back to {host}. You can revoke the access here at any time.',
  'consent.back_deny': 'You go back to {host}.',
  'consent.privacy': 'Privacy policy',
  'consent.terms': 'Terms',
  'consent.error.title': 'Nothing has been allowed yet',
  'consent.error.organizers.required': 'Tick at least one organizer, or deny.',
  'consent.error.organizers.foreign':
    'One of the organizers was not yours to give, perhaps because you left a team just now. Check the list and allow again.',
  'consent.error.organizers.too_many':
    'One access covers at most {limit} organizers. Untick some, or deny.',
  'consent.error.scopes.required': 'Tick at least one thing that it may do, or deny.',
  'consent.error.scopes.foreign':
    'Something was ticked that the application did not ask for. Check the list and allow again.',
  'consent.error.password.wrong': 'That password is not right. Try again, or deny.',
  'consent.error.password.throttled':
    'Too many wrong passwords. Wait some minutes and try again, or deny.',
  'consent.error.password.busy':
    'Your password could not be checked: too many people are signing in. Try again in a few seconds.',

  'over.title.expired': 'This request has expired',
  'over.title.answered': 'This request has been answered already',
  'over.title.other_user': 'Someone else is signed in now',
  'over.title.signed_out': 'This request belongs to an earlier sign-in',
  'over.title.application_deleted': 'This application is no longer registered',
  'over.title.application_suspended': 'This application is switched off',
  'over.title.application_disabled': 'This application is switched off',
  'over.title.awaits_review': 'This application can’t be used yet',
  'over.title.redirect_uri_removed': 'This application was changed in the meantime',
  'over.title.scope_removed': 'This application was changed in the meantime',
  'over.title.pkce_required': 'This application was changed in the meantime',
  'over.title.replayed': 'This form has been sent already',
  'over.text.expired':
    'The page was open for too long, so nothing has been allowed. Start again from the application.',
  'over.text.answered':
    'You have already allowed or denied it, maybe in another tab. To change your mind, revoke the access, or start again from the application.',
  'over.text.other_user':
    'The request belongs to another account than the one that is signed in on this browser, so nothing has been allowed. Start again from the application.',
  'over.text.signed_out':
    'That sign-in has ended or expired since the request began. Nothing has been allowed. Start the request again.',
  'over.text.application_deleted':
    'It was removed from this platform. Nothing has been allowed, and we do not send you on to it.',
  'over.text.application_suspended':
    'The operator of this platform has stopped it. Nothing has been allowed, and we do not send you on to it. Ask the people who run the application when it will be back.',
  'over.text.application_disabled':
    'The people who run it have stopped it. Nothing has been allowed, and we do not send you on to it. Ask them when it will be back.',
  'over.text.awaits_review':
    'The operator of this platform has to review it first. Until then it works for its owner only. Nothing has been allowed. Try again later.',
  'over.text.redirect_uri_removed':
    'The address to which we were to send you back no longer belongs to it. Nothing has been allowed. Start again from the application.',
  'over.text.scope_removed':
    'It may no longer ask for everything that this request asks for. Nothing has been allowed. Start again from the application.',
  'over.text.pkce_required':
    'Its requests now have to be protected better than this one. Nothing has been allowed. Start again from the application.',
  'over.text.replayed':
    'The first time counts, and nothing has been done twice. If the application did not get an answer, start again from there.',

  'logout.title': 'Sign out?',
  'logout.text':
    'You are signed in as {email}. Applications that you have authorized keep their access.',
  'logout.submit': 'Sign out',
  'logout.cancel': 'Stay signed in',
  'signed_out.title': 'You are signed out',
  'signed_out.text':
    'Applications that you have authorized keep their access until you revoke it. On a shared computer, close the browser as well.',
  'signed_out.again': 'Sign in again',

  'error.developer': 'For developers',
  'error.bad_request.title': 'This request does not work',
  'error.bad_request.message': 'Something in what was sent is missing or wrong.',
  'error.bad_request.hint': 'Go back, check what you entered, and try again.',
  'error.unauthenticated.title': 'Please sign in',
  'error.unauthenticated.message': 'This page is only for people who are signed in.',
  'error.unauthenticated.hint': 'Sign in, then open the page again.',
  'error.forbidden.title': 'You may not do that',
  'error.forbidden.message': 'Your account is not allowed to see this page or to do this.',
  'error.forbidden.hint': 'If you have another account, sign in with that one.',
  'error.csrf.title': 'The form could not be checked',
  'error.csrf.message':
    'We could not make sure that the form was sent by you from this site, so nothing has been done.',
  'error.csrf.hint':
    'If you signed in in another tab, the form is from before that. Open its page again, fill it in and send it. Cookies must be allowed for this site.',
  'error.entered': 'What you entered',
  'error.not_found.title': 'There is nothing here',
  'error.not_found.message':
    'The address does not lead to a page. It may be mistyped, or outdated.',
  'error.not_found.hint': 'Check the address, or go on from one of these pages.',
  'error.method_not_allowed.title': 'This page does not work like that',
  'error.method_not_allowed.message': 'The address exists, but not for this kind of request.',
  'error.method_not_allowed.hint': 'Go on from one of these pages.',
  'error.conflict.title': 'Something else came first',
  'error.conflict.message': 'Things have changed in the meantime, so nothing has been done.',
  'error.conflict.hint': 'Reload the page to see how things are now, and try again.',
  'error.gone.title': 'This is no longer here',
  'error.gone.message': 'What you are looking for existed, and has ended.',
  'error.gone.hint': 'Start again from where you came from.',
  'error.too_large.title': 'That was too much',
  'error.too_large.message': 'More was sent than this page accepts, so nothing has been done.',
  'error.too_large.hint': 'Go back and send less.',
  'error.too_many.title': 'Too many attempts',
  'error.too_many.message': 'There were too many attempts in a short time.',
  'error.too_many.hint': 'Wait some minutes, then try again.',
  'error.unavailable.title': 'We will be back in a moment',
  'error.unavailable.message': 'The service is not available right now.',
  'error.unavailable.hint': 'Wait some seconds, then reload the page.',
  'error.internal.title': 'Something went wrong here',
  'error.internal.message': 'That is our fault and not yours. It has been logged.',
  'error.internal.hint': 'Try again. If it happens again, tell the operator when it happened.',
  'error.unknown_client.title': 'We do not know this application',
  'error.unknown_client.message':
    'The link that brought you here belongs to an application that is not registered here, or is not any more. We do not send you on, and nothing has been allowed.',
  'error.unknown_client.hint': 'Go back to the application, and tell the people who run it.',
  'error.redirect_uri.title': 'We do not know the way back',
  'error.redirect_uri.message':
    'The application named an address to send you back to that is not registered for it. That may be a mistake, or someone who wants to fool you. We do not send you on, and nothing has been allowed.',
  'error.redirect_uri.hint': 'Go back to the application, and tell the people who run it.',
  'error.authorize.title': 'The application asked in a wrong way',
  'error.authorize.message':
    'The request of the application can not be understood, so nothing has been allowed.',
  'error.authorize.hint': 'Go back to the application, and tell the people who run it.',
  'error.not_signed_in.title': 'This request can’t be carried out',
  'error.not_signed_in.message':
    'An application sent you here with a request that does not work. Nobody has reviewed this application, so we send you back to it only if you are signed in.',
  'error.not_signed_in.hint': 'Sign in if you trust the application. Otherwise, close this page.',
  'error.inactive_client.title': 'This application is switched off',
  'error.inactive_client.message':
    'The application that sent you here has been stopped by its owner or by the operator. Nothing has been allowed.',
  'error.inactive_client.hint': 'Ask the people who run the application when it will be back.',
  ...accountEn,
  ...activityEn,
  ...apiDocsEn,
  ...apiServicesEn,
  ...applicationsEn,
  ...authorizationsEn,
  ...guideEn,
  ...insightsEn,
  ...upstreamEn,
} as const satisfies Record<string, Message>;

/** The name of a text. */
export type MessageKey = keyof typeof en;

/** What every other language must have. */
export type Catalogue = Translated<typeof en>;
