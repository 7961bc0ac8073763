import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pack } from "tar-stream";
import { UserError } from "./error.ts";

/** The image that a new cluster has from the start. */
export const helloImage = "hello:1.0";

const busyboxPaths = ["/bin/busybox", "/usr/bin/busybox"];

/**
 * Pid 1 must end on SIGTERM by itself, which busybox's httpd does not; and the answer at `/` is made per request.
 */
const init = `#!/bin/sh
trap 'kill $server; exit 0' TERM INT
httpd -f -p "\${PORT:-80}" -h /www &
server=$!
wait $server
`;

const index = `#!/bin/sh
echo "Content-Type: text/plain"
echo
echo "Hello, world! Let's learn Kubernetes!"
echo
echo "pod:  \${POD_NAME:-$(hostname)}"
echo "node: \${NODE_NAME:-unknown (set NODE_NAME by fieldRef spec.nodeName)}"
echo
echo "$REQUEST_METHOD $REQUEST_URI"
env | grep '^HTTP_' | sort
`;

/** From now on /healthz answers 404, until the container starts anew. */
const unhealthy = `#!/bin/sh
rm -f /www/healthz
echo "Content-Type: text/plain"
echo
echo "$(hostname) is unhealthy from now on"
`;

interface TarFile {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly mode: number;
}

const applets = [
  "sh",
  "httpd",
  "hostname",
  "env",
  "grep",
  "sort",
  "cat",
  "ls",
  "tar",
  "rm",
  "mkdir",
  "sleep",
  "echo",
  "ps",
  "kill",
  "wget",
  "nslookup",
  "nc",
  "id",
  "touch",
  "head",
  "tail",
  "sed",
  "cut",
  "date",
  "true",
  "false",
  "test",
  "vi",
  "ip",
  "ping",
  "mount",
  "df",
  "wc",
  "tr",
  "seq",
  "yes",
  "stat",
  "find",
  "chmod",
  "chown",
  "ln",
  "cp",
  "mv",
  "top",
  "printf",
  "dd",
  "od",
  "md5sum",
  "sha256sum",
  "gzip",
  "gunzip",
  "xargs",
  "uname",
  "whoami",
  "timeout",
  "expr",
  "tee",
  "du",
];

/** A docker archive (as `docker save` writes it) of {@link helloImage}, made of this machine's busybox-static. */
export async function helloImageArchive(): Promise<Uint8Array> {
  const busybox = await readBusybox();
  const layer = await tar(
    [
      { name: "bin/busybox", content: busybox, mode: 0o755 },
      { name: "init", content: init, mode: 0o755 },
      { name: "www/cgi-bin/index.cgi", content: index, mode: 0o755 },
      { name: "www/cgi-bin/unhealthy", content: unhealthy, mode: 0o755 },
      { name: "www/healthz", content: "ok\n", mode: 0o644 },
      {
        name: "etc/passwd",
        content: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        mode: 0o644,
      },
      { name: "etc/group", content: "root:x:0:\nnogroup:x:65534:\n", mode: 0o644 },
    ],
    ["bin", "etc", "www", "www/cgi-bin", "tmp", "root", "proc", "sys", "dev", "run"],
    applets,
  );
  const digest = sha256(layer);
  const config = JSON.stringify({
    created: "1970-01-01T00:00:00Z",
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["/init"], ExposedPorts: { "80/tcp": {} }, WorkingDir: "/" },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "k8ts" }],
  });
  const configName = `${sha256(config)}.json`;
  return tar([
    { name: configName, content: config, mode: 0o644 },
    { name: `${digest}/layer.tar`, content: layer, mode: 0o644 },
    {
      name: "manifest.json",
      content: JSON.stringify([{ Config: configName, RepoTags: [helloImage], Layers: [`${digest}/layer.tar`] }]),
      mode: 0o644,
    },
  ]);
}

async function readBusybox(): Promise<Uint8Array> {
  for (const path of busyboxPaths) {
    const content = await readFile(path).catch(() => undefined);
    if (content !== undefined) return content;
  }
  throw new UserError("busybox is missing: apt-get install busybox-static");
}

function tar(
  files: readonly TarFile[],
  folders: readonly string[] = [],
  links: readonly string[] = [],
): Promise<Uint8Array> {
  const archive = pack();
  const mtime = new Date(0);
  for (const name of folders)
    archive.entry({ name: `${name}/`, type: "directory", mode: name === "tmp" ? 0o1777 : 0o755, mtime });
  for (const { name, content, mode } of files) archive.entry({ name, mode, mtime }, Buffer.from(content as Uint8Array));
  for (const name of links) archive.entry({ name: `bin/${name}`, type: "symlink", linkname: "busybox", mtime });
  archive.finalize();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    archive.on("data", chunk => void chunks.push(chunk as Buffer));
    archive.on("end", () => resolve(Buffer.concat(chunks)));
    archive.on("error", reject);
  });
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
