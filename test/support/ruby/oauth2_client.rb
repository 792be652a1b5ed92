# An application written with the oauth2 gem, as its documentation describes.
#
# Reads its settings as one line of JSON, prints the link for the user, reads the redirect of the
# user's browser, and prints a report as one line of JSON. Ends with a stack trace if the library
# rejects a response.

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
  # A public application has no secret, and sends its client ID in the body.
  auth_scheme: secret ? :basic_auth : :request_body,
  raise_errors: true
)

# This version of the gem supports neither PKCE nor state.
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

# Returns the status of a call, also if the library raises an error.
status_of = lambda do |token|
  token.get(api).status
rescue OAuth2::Error => e
  e.response.status
end

# The gem can't revoke or introspect; its client authentication is used for both.
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

# Like a long-running application, which refreshes an expired token.
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
