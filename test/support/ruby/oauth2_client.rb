# An application written with the oauth2 gem, as its documentation has it.
#
# Reads its settings as one line of JSON, prints the link for the user, reads where the user's
# browser was sent back to, and prints what happened as one line of JSON. Ends with a stack trace
# where the library does not like an answer.

require 'base64'
require 'digest'
require 'json'
require 'oauth2'
require 'securerandom'
require 'uri'

settings = JSON.parse($stdin.gets)
secret = settings['client_secret']
api = '/api/v1/organizers/'
client = OAuth2::Client.new(
  settings['client_id'],
  secret,
  site: settings['issuer'],
  authorize_url: '/api/v1/oauth/authorize',
  token_url: '/api/v1/oauth/token',
  # A public application has no secret, and names itself in the body instead.
  auth_scheme: secret ? :basic_auth : :request_body,
  raise_errors: true
)

# This version of the gem leaves PKCE and the state to its caller.
verifier = SecureRandom.urlsafe_base64(48)
state = SecureRandom.urlsafe_base64(16)
puts client.auth_code.authorize_url(
  redirect_uri: settings['redirect_uri'],
  scope: 'read write',
  state: state,
  code_challenge: Base64.urlsafe_encode64(Digest::SHA256.digest(verifier), padding: false),
  code_challenge_method: 'S256'
)
$stdout.flush

answer = URI.decode_www_form(URI(URI($stdin.gets.strip)).query).to_h
raise 'another state' unless answer['state'] == state

# The status of a call, also where the library makes an error of it.
status_of = lambda do |token|
  token.get(api).status
rescue OAuth2::Error => e
  e.response.status
end

# The gem has no calls for revocation and introspection; what it authenticates with serves for them.
post = lambda do |path, token|
  scheme = client.options[:auth_scheme]
  body = OAuth2::Authenticator.new(client.id, secret, scheme).apply(token: token)
  client.request(:post, path, headers: body.delete(:headers), body: body)
end
active = ->(token) { secret && post.call('/api/v1/oauth/introspect', token).parsed['active'] }

first = client.auth_code.get_token(
  answer['code'], redirect_uri: settings['redirect_uri'], code_verifier: verifier
)
report = {
  scope: first.params['scope'].split,
  expires_in: first.expires_in,
  organizers: first.get(api).parsed['results'].map { |one| one['slug'] },
  active: active.call(first.token)
}

second = first.refresh!
report[:rotated] = second.refresh_token != first.refresh_token
report[:after] = status_of.call(second)
report[:stale] = status_of.call(first)

# As a long-running application does: it notices that its token is too old.
aged = OAuth2::AccessToken.from_hash(client, second.to_hash.merge(expires_at: 1))
last = aged.expired? ? aged.refresh! : aged
report[:renewing] = status_of.call(last)

report[:revoked] = post.call('/api/v1/oauth/revoke_token', last.token).status
report[:ended] = status_of.call(last)
report[:active_afterwards] = active.call(last.token)
begin
  last.refresh!
rescue OAuth2::Error => e
  report[:refused] = [e.code, e.description]
end

puts JSON.generate(report)
