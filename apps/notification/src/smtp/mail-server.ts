/** Where mails are handed in, and how. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else by STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
};

export const mailServerExpected =
  "expected smtp://host:port or smtps://host:port, where needed with user:password@ before the host, and nothing behind the port; other characters than letters and digits as %40";

/** Undefined when the URL names no mail server. */
export function mailServerAt(text: string): MailServer | undefined {
  const url = URL.parse(text);
  if (!url || !isPlain(url)) return undefined;
  const secure = url.protocol === "smtps:";
  const auth = authIn(url);
  if (auth === "malformed") return undefined;
  const usual = secure ? 465 : auth ? 587 : 25;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? usual : Number(url.port),
    secure,
    ...(auth && { auth }),
  };
}

const isPlain = ({ protocol, hostname, port, pathname, search, hash }: URL) =>
  /^smtps?:$/.test(protocol) &&
  /^([\w.-]+|\[[\da-f:.]+\])$/i.test(hostname) &&
  port !== "0" &&
  /^\/?$/.test(pathname) &&
  search === "" &&
  hash === "";

function authIn({ username, password }: URL) {
  if (username === "" && password === "") return undefined;
  if (username === "" || password === "") return "malformed";
  try {
    return {
      user: decodeURIComponent(username),
      pass: decodeURIComponent(password),
    };
  } catch {
    return "malformed";
  }
}
