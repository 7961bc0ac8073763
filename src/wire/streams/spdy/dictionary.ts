/** Words of the header dictionary of SPDY/3, each written with its length before it. */
const words =
  "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|accept-language|accept-ranges|age|allow|" +
  "authorization|cache-control|connection|content-base|content-encoding|content-language|content-length|content-location|" +
  "content-md5|content-range|content-type|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|" +
  "if-range|if-unmodified-since|last-modified|location|max-forwards|pragma|proxy-authenticate|proxy-authorization|range|" +
  "referer|retry-after|server|te|trailer|transfer-encoding|upgrade|user-agent|vary|via|warning|www-authenticate|method|" +
  "get|status|200 OK|version|HTTP/1.1|url|public|set-cookie|keep-alive|origin";

/** The rest of the dictionary, written plainly. */
const tail =
  "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative " +
  "Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal " +
  "Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 " +
  "Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml," +
  "application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8" +
  "charset=iso-8859-1,utf-,*,enq=0.";

/** What both ends give zlib before the first header block: 1,423 bytes, Adler-32 e3c6a7c2. */
export function headerDictionary(): Uint8Array {
  const encoder = new TextEncoder();
  const parts = words.split("|").flatMap(word => {
    const length = new Uint8Array(4);
    length[3] = word.length;
    return [length, encoder.encode(word)];
  });
  parts.push(encoder.encode(tail));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
