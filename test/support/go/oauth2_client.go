// An application written with golang.org/x/oauth2, as its documentation describes.
//
// Reads its settings as one line of JSON, prints the link for the user, reads the redirect of the
// user's browser, and prints a report as one line of JSON. Panics if the library rejects a
// response.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

type settings struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RedirectURI  string `json:"redirect_uri"`
}

var (
	given       settings
	application *oauth2.Config
	background  = context.Background()
)

func main() {
	input := bufio.NewReader(os.Stdin)
	must(json.Unmarshal([]byte(line(input)), &given))
	application = &oauth2.Config{
		ClientID:     given.ClientID,
		ClientSecret: given.ClientSecret,
		RedirectURL:  given.RedirectURI,
		Scopes:       []string{"read", "write"},
		// No AuthStyle: the library detects if the server accepts HTTP Basic.
		Endpoint: oauth2.Endpoint{
			AuthURL:  given.Issuer + "/api/v1/oauth/authorize",
			TokenURL: given.Issuer + "/api/v1/oauth/token",
		},
	}

	// This version of the library leaves PKCE and the state to its caller.
	verifier, state := random(), random()
	digest := sha256.Sum256([]byte(verifier))
	fmt.Println(application.AuthCodeURL(
		state,
		oauth2.SetAuthURLParam("code_challenge", base64.RawURLEncoding.EncodeToString(digest[:])),
		oauth2.SetAuthURLParam("code_challenge_method", "S256"),
	))
	sentBack, err := url.Parse(line(input))
	must(err)
	if sentBack.Query().Get("state") != state {
		panic("another state")
	}

	first, err := application.Exchange(
		background,
		sentBack.Query().Get("code"),
		oauth2.SetAuthURLParam("code_verifier", verifier),
	)
	must(err)
	report := map[string]any{
		"scope":      strings.Fields(first.Extra("scope").(string)),
		"expires_in": first.Extra("expires_in"),
		"organizers": organizers(first),
		"active":     active(first),
	}

	second := renew(first)
	report["rotated"] = second.RefreshToken != first.RefreshToken
	report["after"] = status(oauth2.StaticTokenSource(second))
	report["stale"] = status(oauth2.StaticTokenSource(first))

	// Configured like a long-running application: the library refreshes an expired token.
	source := application.TokenSource(background, aged(second))
	report["renewing"] = status(source)
	last, err := source.Token()
	must(err)

	report["revoked"] = post("revoke_token", last).StatusCode
	report["ended"] = status(oauth2.StaticTokenSource(last))
	report["active_afterwards"] = active(last)
	_, err = application.TokenSource(background, aged(last)).Token()
	report["refused"] = reason(err)
	must(json.NewEncoder(os.Stdout).Encode(report))
}

func aged(token *oauth2.Token) *oauth2.Token {
	copy := *token
	copy.Expiry = time.Unix(1, 0)
	return &copy
}

func renew(token *oauth2.Token) *oauth2.Token {
	renewed, err := application.TokenSource(background, aged(token)).Token()
	must(err)
	return renewed
}

func call(source oauth2.TokenSource) *http.Response {
	answer, err := oauth2.NewClient(background, source).Get(given.Issuer + "/api/v1/organizers/")
	must(err)
	return answer
}

func status(source oauth2.TokenSource) int {
	answer := call(source)
	defer answer.Body.Close()
	return answer.StatusCode
}

func organizers(token *oauth2.Token) []string {
	answer := call(oauth2.StaticTokenSource(token))
	defer answer.Body.Close()
	var list struct{ Results []struct{ Slug string } }
	must(json.NewDecoder(answer.Body).Decode(&list))
	slugs := []string{}
	for _, one := range list.Results {
		slugs = append(slugs, one.Slug)
	}
	return slugs
}

// Posts to an endpoint: the library can't revoke or introspect.
func post(endpoint string, token *oauth2.Token) *http.Response {
	form := url.Values{"token": {token.AccessToken}}
	if given.ClientSecret == "" {
		form.Set("client_id", given.ClientID)
	}
	address := given.Issuer + "/api/v1/oauth/" + endpoint
	request, err := http.NewRequest("POST", address, strings.NewReader(form.Encode()))
	must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if given.ClientSecret != "" {
		request.SetBasicAuth(given.ClientID, given.ClientSecret)
	}
	answer, err := http.DefaultClient.Do(request)
	must(err)
	return answer
}

// Returns nil if the application has no secret.
func active(token *oauth2.Token) any {
	if given.ClientSecret == "" {
		return nil
	}
	answer := post("introspect", token)
	defer answer.Body.Close()
	var told struct{ Active bool }
	must(json.NewDecoder(answer.Body).Decode(&told))
	return told.Active
}

// Parses the body of an error response, which the library returns unchanged.
func reason(err error) []string {
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		panic(fmt.Sprint("not refused: ", err))
	}
	var body struct {
		Error       string
		Description string `json:"error_description"`
	}
	must(json.Unmarshal(refusal.Body, &body))
	return []string{body.Error, body.Description}
}

func random() string {
	bytes := make([]byte, 48)
	_, err := rand.Read(bytes)
	must(err)
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func line(input *bufio.Reader) string {
	text, err := input.ReadString('\n')
	must(err)
	return strings.TrimSpace(text)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
