const details = {
  owner: 'ada',
  name: 'Seatmap Studio',
  description: 'Draws seating plans from your events.',
  homepage_url: 'https://seatmap.example.com/',
  client_type: 'confidential' as const,
  redirect_uris: ['https://seatmap.example.com/callback'],
  scopes: ['read', 'profile'],
};
const application = {
  client_id: 'pK3vTq7ZyWc5Nf2XbG8dRm4L',
  kind: 'registered' as const,
  ...details,
  privacy_policy_url: null,
  terms_url: null,
  logo_url: null,
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

/** Examples for the description of the API. */
export const EXAMPLES = {
  registration: details,
  changes: { homepage_url: 'https://seatmap.example.com/about', require_pkce: true },
  suspension: { reason: 'Its homepage has been taken over.' },
  review: { version: 1 },
  application,
  registered: { ...application, client_secret: 'sds_…' },
};
