const details = {
  owner: 'ada',
  name: 'Seatmap Studio',
  description: 'Draws seating plans from your events.',
  homepage_url: 'https://seatmap.example.com/',
  client_type: 'confidential' as const,
  redirect_uris: ['https://seatmap.example.com/callback'],
  scopes: ['read', 'profile'],
};
const server = {
  client_id: 'Jw8kQ2nVxYb4Rz6LmT1cHs9D',
  name: 'Orders API',
  created_at: '2026-11-02T09:30:00.000Z',
};
const serverSecret = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  label: 'Orders API, second half of 2026',
  last_four: 'k4Tz',
  created_at: '2026-11-02T09:30:00.000Z',
  expires_at: '2027-06-30T22:00:00.000Z',
  last_used_at: null,
};
const application = {
  client_id: 'pK3vTq7ZyWc5Nf2XbG8dRm4L',
  ...details,
  privacy_policy_url: null,
  terms_url: null,
  require_pkce: true,
  is_active: true,
  state: 'active' as const,
  suspended_at: null,
  suspension_reason: null,
  version: 1,
  reviewed_at: null,
  review_needed: null,
  created_at: '2026-11-02T09:30:00.000Z',
  updated_at: '2026-11-02T09:30:00.000Z',
};

/** What the description of the API shows of applications and resource servers. */
export const EXAMPLES = {
  registration: details,
  changes: { homepage_url: 'https://seatmap.example.com/about', require_pkce: true },
  suspension: { reason: 'Its homepage has been taken over.' },
  review: { version: 1 },
  application,
  registered: { ...application, client_secret: 'sds_…' },
  resourceServerBody: { name: server.name },
  resourceServer: server,
  serverSecretBody: { label: serverSecret.label, expires_at: serverSecret.expires_at },
  serverSecret,
  addedServerSecret: { ...serverSecret, client_id: server.client_id, client_secret: 'sds_…' },
  registeredResourceServer: { ...server, client_secret: 'sds_…' },
};
