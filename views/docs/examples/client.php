<?php

const ISSUER = '{{issuer}}';
const CLIENT_ID = '{{client_id}}';
// Empty for a public application. In production, read it from the environment.
const CLIENT_SECRET = '{{client_secret}}';
const REDIRECT_URI = '{{redirect_uri}}';
const SCOPE = '{{scope}}';

/** Sends a request. Exits if the response is an error. */
function request(string $path, array $options): string
{
    $curl = curl_init(ISSUER . $path);
    curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true]);
    $answer = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($answer === false || $status >= 400) {
        stop("$path: $status " . ($answer === false ? curl_error($curl) : $answer));
    }
    return $answer;
}

/** Posts to an OAuth endpoint. */
function post(string $endpoint, array $parameters): string
{
    $options = [];
    if (CLIENT_SECRET !== '') {
        $options[CURLOPT_USERPWD] = CLIENT_ID . ':' . CLIENT_SECRET;
    } else {
        $parameters['client_id'] = CLIENT_ID;
    }
    $options[CURLOPT_POSTFIELDS] = http_build_query($parameters);
    return request("/api/v1/oauth/$endpoint", $options);
}

/** Calls the API with an access token. */
function get(string $path, string $accessToken): string
{
    return request($path, [CURLOPT_HTTPHEADER => ["Authorization: Bearer $accessToken"]]);
}

function base64url(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function stop(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

// 1. Send the user to the authorization endpoint.
$state = base64url(random_bytes(16));
$codeVerifier = base64url(random_bytes(32));
$link = ISSUER . '/api/v1/oauth/authorize?' . http_build_query([
    'response_type' => 'code',
    'client_id' => CLIENT_ID,
    'redirect_uri' => REDIRECT_URI,
    'scope' => SCOPE,
    'state' => $state,
    'code_challenge' => base64url(hash('sha256', $codeVerifier, true)),
    'code_challenge_method' => 'S256',
]);
echo "Open this address in a browser:\n$link\n";

// 2. The user returns to the redirect URI. In a web application, its parameters are in $_GET.
echo "Paste the address that the browser was sent to afterwards:\n";
parse_str(parse_url(trim(fgets(STDIN)), PHP_URL_QUERY) ?? '', $answer);
if (($answer['state'] ?? '') !== $state || ($answer['iss'] ?? '') !== ISSUER) {
    stop('The response does not belong to this request.');
}
if (!isset($answer['code'])) {
    stop("Not allowed: {$answer['error']}");
}

// 3. Exchange the code for tokens.
$tokens = json_decode(post('token', [
    'grant_type' => 'authorization_code',
    'code' => $answer['code'],
    'redirect_uri' => REDIRECT_URI,
    'code_verifier' => $codeVerifier,
]), true);
// The user may have allowed less than you requested.
$allowed = explode(' ', $tokens['scope']);
echo "Allowed: {$tokens['scope']}\n";

// 4. Call the API.
if (in_array('read', $allowed) || in_array('write', $allowed)) {
    echo get('/api/v1/organizers/', $tokens['access_token']), "\n";
}
if (in_array('profile', $allowed)) {
    echo get('/api/v1/me', $tokens['access_token']), "\n";
}

// 5. Refresh. Store both new tokens: the old ones have ended.
$tokens = json_decode(post('token', [
    'grant_type' => 'refresh_token',
    'refresh_token' => $tokens['refresh_token'],
]), true);
echo "Refreshed\n";

// 6. End the authorization.
post('revoke_token', ['token' => $tokens['refresh_token']]);
echo "Revoked\n";
