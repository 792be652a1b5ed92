import com.google.api.client.auth.oauth2.AuthorizationCodeFlow;
import com.google.api.client.auth.oauth2.AuthorizationCodeResponseUrl;
import com.google.api.client.auth.oauth2.BearerToken;
import com.google.api.client.auth.oauth2.Credential;
import com.google.api.client.http.BasicAuthentication;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;

/**
 * An application written with Google's OAuth client library.
 *
 * <p>Reads its settings as one line of JSON and prints the link for the user. Then it reads the
 * address to which the browser was sent back, and the command "refresh", one per line, and prints
 * each result as one line of JSON.
 */
class GoogleClient {
  private static final Gson GSON = new Gson().newBuilder().disableHtmlEscaping().create();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    Map<?, ?> settings = GSON.fromJson(in.readLine(), Map.class);
    String redirectUri = (String) settings.get("redirectUri");
    String clientId = (String) settings.get("clientId");
    AuthorizationCodeFlow flow =
        new AuthorizationCodeFlow.Builder(
                BearerToken.authorizationHeaderAccessMethod(),
                new NetHttpTransport(),
                GsonFactory.getDefaultInstance(),
                new GenericUrl((String) settings.get("token")),
                new BasicAuthentication(clientId, (String) settings.get("clientSecret")),
                clientId,
                (String) settings.get("authorize"))
            .setScopes(List.of("read", "profile"))
            .enablePKCE()
            .build();
    show(flow.newAuthorizationUrl().setRedirectUri(redirectUri).setState("some-state").build());

    String code = new AuthorizationCodeResponseUrl(in.readLine()).getCode();
    var answer = flow.newTokenRequest(code).setRedirectUri(redirectUri).execute();
    Credential credential = flow.createAndStoreCredential(answer, null);
    var me =
        flow.getTransport()
            .createRequestFactory(credential)
            .buildGetRequest(new GenericUrl((String) settings.get("me")))
            .execute();
    Map<?, ?> profile = GSON.fromJson(me.parseAsString(), Map.class);
    show(Map.of("tokens", tokens(credential), "subject", profile.get("sub")));

    while (in.readLine() != null) {
      credential.refreshToken();
      show(tokens(credential));
    }
  }

  private static Map<String, String> tokens(Credential credential) {
    return Map.of(
        "accessToken", credential.getAccessToken(), "refreshToken", credential.getRefreshToken());
  }

  private static void show(Object value) {
    System.out.println(GSON.toJson(value));
  }
}
