// Package outbound makes the connections to addresses that definitions supply: webhooks, mail servers, key sets, captcha services.
// Whoever edits a definition must not reach what only this machine or its network may reach (server-side request forgery).
//
// Its words: an Allowlist says which addresses of the special ones are open after all; a Client dials and speaks HTTP under it.
//
// Guarantees: the address is judged when the connection is made, behind name resolution, so that no spelling of a host, no redirect
// and no changing DNS answer leads past it. Only addresses of the public Internet pass (see Public), only http and https, at most a
// few redirects, never from https down to http; answers and times are bounded; proxies of the environment are not used.
//
// It does not say whom to call, and keeps no credentials.
package outbound
