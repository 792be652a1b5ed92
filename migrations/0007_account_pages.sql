-- What the user's own account pages need.

alter table users add column chosen_locale text;
alter table users add column chosen_timezone text;
comment on column users.locale is 'What the platform says, and sends again at any time: a BCP 47 language tag, or empty where it named none. Pages use it where there is a catalogue for it, else what the browser asks for; mails the same, as it was when they were written.';
comment on column users.timezone is 'What the platform says, and sends again at any time: IANA name of the time zone in which this user reads times.';
comment on column users.chosen_locale is 'What the user has chosen here; goes before locale. Empty: as the browser says. Null: as the platform says.';
comment on column users.chosen_timezone is 'What the user has chosen here; goes before timezone. Null: as the platform says.';

create table session_sign_ins (
  session_uid text primary key,
  signed_in_at timestamptz,
  method text check (method in ('password', 'upstream')),
  ip text,
  user_agent text,
  ended_at timestamptz
);
comment on table session_sign_ins is 'How a browser session began, and whether it was ended. Sessions that are older than this table have no row until they are ended.';
comment on column session_sign_ins.session_uid is 'sessions.uid, which stays when the session moves to another id.';
comment on column session_sign_ins.signed_in_at is 'When the password was last given in this session, here or at the upstream provider.';
comment on column session_sign_ins.ip is 'From which address that was.';
comment on column session_sign_ins.user_agent is 'User-Agent header of the browser that it was.';
comment on column session_sign_ins.ended_at is 'Set when somebody ended the session. The row stays for a day: a request of the session that was under way at that moment may write the session once more, and must not bring it back.';
