// A real OpenID provider (panva's, certified) on loopback, for the tests of sign-in by a provider.
//     node provider.mjs ASSETS_FOLDER PORT REDIRECT_URI PEOPLE_AS_JSON
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [assets, port, redirect, people] = process.argv.slice(2);
const found = createRequire(`${assets}/package.json`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found));
const known = JSON.parse(people);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "bellgate",
    client_secret: "a secret of the provider, long enough",
    redirect_uris: [redirect],
    token_endpoint_auth_method: "client_secret_post",
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false, // as Google and Microsoft do: the address is in the ID token
  cookies: { keys: ["for tests alone"] },
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...known[id] }),
  }),
  pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
