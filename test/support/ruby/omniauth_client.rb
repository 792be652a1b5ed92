# An application that signs its users in with OmniAuth.
#
# Reads its settings as one line of JSON and prints the link for the user. Then it reads the address
# to which the browser was sent back, and the command "refresh", one per line, and prints each result
# as one line of JSON.

require 'json'
require 'omniauth-oauth2'
require 'rack'
require 'uri'

SETTINGS = JSON.parse($stdin.gets)

module OmniAuth
  module Strategies
    class Stagedoor < OmniAuth::Strategies::OAuth2
      option :name, 'stagedoor'
      option :scope, 'read profile'
      option :pkce, true
      option :client_options, authorize_url: SETTINGS['authorize'], token_url: SETTINGS['token']

      uid { raw_info['sub'] }

      def raw_info
        @raw_info ||= access_token.get(SETTINGS['me']).parsed
      end

      # The redirect URI has no query: the base class would add that of the callback.
      def callback_url
        SETTINGS['redirectUri']
      end
    end
  end
end

def show(value)
  puts JSON.generate(value)
  $stdout.flush
end

def tokens_of(token)
  { accessToken: token.token, refreshToken: token.refresh_token }
end

OmniAuth.config.logger = Logger.new(File::NULL)
# The form that protects the first step against forged requests belongs to the website.
OmniAuth.config.request_validation_phase = nil
OmniAuth.config.on_failure = ->(env) { raise env['omniauth.error'] || env['omniauth.error.type'].to_s }

token = nil
website = lambda do |env|
  token = env['omniauth.strategy'].access_token
  show(tokens: tokens_of(token), subject: env['omniauth.auth'].uid)
  [200, {}, []]
end
strategy = OmniAuth::Strategies::Stagedoor.new(
  website, SETTINGS['clientId'], SETTINGS['clientSecret'], callback_path: URI(SETTINGS['redirectUri']).path
)
session = { 'rack.session' => {} }
_status, headers, = strategy.call(Rack::MockRequest.env_for('/auth/stagedoor', session.merge(method: 'POST')))
show(headers['Location'])

strategy.call(Rack::MockRequest.env_for($stdin.gets.strip, session))

while $stdin.gets
  token = token.refresh!
  show(tokens_of(token))
end
