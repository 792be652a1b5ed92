# An application written with LWP::Authen::OAuth2.
#
# Reads its settings as one line of JSON and prints the link for the user. Then it reads the address
# to which the browser was sent back, and the command "refresh", one per line, and prints each result
# as one line of JSON.

use strict;
use warnings;
use Digest::SHA qw(sha256_base64);
use JSON::PP;
use LWP::Authen::OAuth2;
use URI;

$| = 1;
my $json = JSON::PP->new->allow_nonref;
my $settings = $json->decode(scalar <STDIN>);

my $oauth2 = LWP::Authen::OAuth2->new(
    client_id                     => $settings->{clientId},
    client_secret                 => $settings->{clientSecret},
    authorization_endpoint        => $settings->{authorize},
    token_endpoint                => $settings->{token},
    redirect_uri                  => $settings->{redirectUri},
    scope                         => 'read profile',
    authorization_required_params => [qw(response_type client_id redirect_uri scope state)],
    authorization_optional_params => [qw(code_challenge code_challenge_method)],
    request_required_params       => [qw(grant_type client_id client_secret redirect_uri code)],
    request_optional_params       => [qw(code_verifier)],
);

sub show { print $json->encode($_[0]), "\n" }

sub tokens {
    my $tokens = $json->decode($oauth2->token_string);
    return { accessToken => $tokens->{access_token}, refreshToken => $tokens->{refresh_token} };
}

my $verifier = join '', map { ('a' .. 'z')[ rand 26 ] } 1 .. 64;
my $challenge = sha256_base64($verifier);
$challenge =~ tr{+/}{-_};
show($oauth2->authorization_url(
    state                 => 'some-state',
    code_challenge        => $challenge,
    code_challenge_method => 'S256',
));

chomp(my $back = <STDIN>);
my %query = URI->new($back)->query_form;
$oauth2->request_tokens(code => $query{code}, code_verifier => $verifier);
my $me = $oauth2->get($settings->{me});
show({ tokens => tokens(), subject => $json->decode($me->decoded_content)->{sub} });

while (<STDIN>) {
    $oauth2->refresh_access_token;
    show(tokens());
}
