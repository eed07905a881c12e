/** Takes what must not be shown out of a text: signatures, keys, listen keys, query strings, addresses. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [
    /\b(signature|listenKey|apiKey|api[_-]?secret|X-MBX-APIKEY)(["']?\s*[=:]\s*["']?)[^\s&"',}]+/gi,
    '$1$2[removed]',
  ],
  // A URL keeps its path only: credentials and query may hold anything.
  [/\b((?:https?|wss?):\/\/)(?:[^\s/@]*@)?([^\s?#"']*)(?:\?[^\s"']*)?/gi, '$1$2'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b(?!:\d)/g, '[address]'],
  // Hex or base64 of 32 characters and more is a key or a hash of one.
  [/\b[A-Za-z0-9+/_-]{32,}={0,2}/g, '[removed]'],
];

/** @param secrets texts that must not appear in the result, such as configured keys */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret.length >= 4);
  const withoutSecrets = known.reduce((rest, secret) => rest.replaceAll(secret, '[removed]'), text);
  return RULES.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), withoutSecrets);
}
