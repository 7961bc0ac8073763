import { generateKeyPairSync, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCa, issueCertificate } from "#base/host/certificates.ts";
import { type Json, launcher, type TestCluster } from "./harness/cluster.ts";
import { eventually } from "./harness/eventually.ts";
import { output, run } from "./harness/run.ts";
import { Sandbox } from "./harness/sandbox.ts";

/** What a cluster and its command refuse, and in which words. */
describe("refusals", () => {
  let sandbox: Sandbox;
  let cluster: TestCluster;
  let server: string;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    cluster = sandbox.cluster("refuse");
    await writeFile(sandbox.path("cluster.yaml"), "egress: none\n");
    await cluster.up("--config", sandbox.path("cluster.yaml"));
    const view = ["kubectl", "config", "view", "--raw", "--flatten", "--minify", "-o", "json"];
    const config = JSON.parse(await output(view, { environment: cluster.environment }));
    server = config.clusters[0].cluster.server;
    const decode = (text: string) => Buffer.from(text, "base64");
    await writeFile(sandbox.path("ca.crt"), decode(config.clusters[0].cluster["certificate-authority-data"]));
    await writeFile(sandbox.path("user.crt"), decode(config.users[0].user["client-certificate-data"]));
    await writeFile(sandbox.path("user.key"), decode(config.users[0].user["client-key-data"]), { mode: 0o600 });
  });
  afterAll(() => sandbox?.close());

  interface Answer {
    readonly code: number;
    readonly body: Json;
  }

  /** One request by curl; `as` is a pair of files, or nothing. */
  async function request(path: string, args: readonly string[], as?: string): Promise<Answer> {
    const identity = as === undefined ? [] : ["--cert", sandbox.path(`${as}.crt`), "--key", sandbox.path(`${as}.key`)];
    const trust = ["--cacert", sandbox.path("ca.crt"), ...identity, "--noproxy", "*"];
    const text = await output([
      "curl",
      "-sS",
      "-m",
      "20",
      ...trust,
      ...args,
      "-w",
      "\n%{http_code}",
      `${server}${path}`,
    ]);
    const end = text.lastIndexOf("\n");
    const body = text.slice(0, end);
    return { code: Number(text.slice(end + 1)), body: body.startsWith("{") ? JSON.parse(body) : body };
  }
  const asAdmin = (path: string, ...args: readonly string[]) => request(path, args, "user");
  const json = (body: unknown) => [
    "-H",
    "Content-Type: application/json",
    "-d",
    typeof body === "string" ? body : JSON.stringify(body),
  ];

  describe("who is not known", () => {
    it("a foreign certificate is answered with 401", async () => {
      const ca = await createCa("kubernetes");
      const { certificate, key } = await issueCertificate(ca, {
        commonName: "kubernetes-admin",
        organizations: ["system:masters"],
        dnsNames: [],
        ipAddresses: [],
        usage: "client",
        keyType: "ec",
      });
      await writeFile(sandbox.path("foreign.crt"), certificate);
      await writeFile(sandbox.path("foreign.key"), key, { mode: 0o600 });
      const answer = await request("/api/v1/nodes", [], "foreign");
      expect(answer.code).toBe(401);
      expect(answer.body).toMatchObject({ kind: "Status", reason: "Unauthorized", message: "Unauthorized", code: 401 });
    });

    it("a token of nobody's, or signed by another key, is answered with 401", async () => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const { SignJWT } = await import("jose");
      const claims = {
        "kubernetes.io": { namespace: "kube-system", serviceaccount: { name: "default", uid: randomUUID() } },
      };
      const forged = await new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", kid: "forged" })
        .setIssuer("https://kubernetes.default.svc.cluster.local")
        .setAudience("https://kubernetes.default.svc.cluster.local")
        .setSubject("system:serviceaccount:kube-system:default")
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey);
      for (const token of ["nonsense", "a.b.c", forged])
        expect((await request("/api/v1/nodes", ["-H", `Authorization: Bearer ${token}`])).code).toBe(401);
    });

    it("a service account's token works until its account is gone", async () => {
      await cluster.kubectl(["create", "serviceaccount", "short-lived"]);
      const token = (await cluster.kubectl(["create", "token", "short-lived"])).trim();
      const whoami = () =>
        request("/apis/authentication.k8s.io/v1/selfsubjectreviews", [
          ...["-H", `Authorization: Bearer ${token}`],
          ...json({ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }),
        ]);
      const answer = await whoami();
      expect(answer.body.status.userInfo.username).toBe("system:serviceaccount:default:short-lived");
      await cluster.kubectl(["delete", "serviceaccount", "short-lived"]);
      await eventually(async () => expect((await whoami()).code).toBe(401));
    });

    it("nobody at all is system:anonymous, who may see the version and nothing else", async () => {
      expect((await request("/version", [])).body.gitVersion).toMatch(/^v1\.37\.2\+k8ts/);
      const answer = await request("/api/v1/nodes", []);
      expect(answer.code).toBe(403);
      expect(answer.body.message).toBe(
        'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
      );
    });

    it("the kubelet's port wants a certificate of the cluster's", async () => {
      const { plan } = await cluster.record();
      const ask = ["curl", "-sk", "-m", "5", "--noproxy", "*", "-o", "/dev/null", "-w", "%{http_code}"];
      const answer = await output([...ask, `https://${plan.nodes[0]!.address}:10250/pods`]);
      expect(answer).toBe("401");
    });
  });

  describe("what is not allowed", () => {
    it("forbidden verbs are told in upstream's words", async () => {
      const as = "--as=system:serviceaccount:default:default";
      const cases: readonly (readonly [readonly string[], string])[] = [
        [
          ["get", "pods"],
          'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
        ],
        [
          ["get", "deployment", "x"],
          'deployments.apps "x" is forbidden: User "system:serviceaccount:default:default" cannot get resource "deployments" in API group "apps" in the namespace "default"',
        ],
        [
          ["delete", "node", "node-1"],
          'nodes "node-1" is forbidden: User "system:serviceaccount:default:default" cannot delete resource "nodes" in API group "" at the cluster scope',
        ],
        [["get", "--raw", "/metrics"], 'User "system:serviceaccount:default:default" cannot get path "/metrics"'],
      ];
      for (const [args, message] of cases) {
        const { exitCode, stderr } = await cluster.tryKubectl([...args, as]);
        expect(exitCode).not.toBe(0);
        expect(stderr).toContain(message);
      }
    });

    it("a node may not read what belongs to another node's pods, nor write another's Node", async () => {
      await cluster.kubectl(["create", "secret", "generic", "private", "--from-literal=a=b"]);
      const node = ["--as=system:node:node-9", "--as-group=system:nodes"];
      const secret = await cluster.tryKubectl(["get", "secret", "private", ...node]);
      expect(secret.stderr).toContain("no relationship found between node 'node-9' and this object");
      const headers = ["-H", "Impersonate-User: system:node:node-9", "-H", "Impersonate-Group: system:nodes"];
      const patch = [
        "-X",
        "PATCH",
        "-H",
        "Content-Type: application/merge-patch+json",
        "-d",
        '{"metadata":{"labels":{"a":"b"}}}',
      ];
      const label = await asAdmin("/api/v1/nodes/node-1", ...headers, ...patch);
      expect(label.code).toBe(403);
      expect(label.body.message).toContain('node "node-9" cannot patch node "node-1"');
    });

    it("nobody gives away more than he has", async () => {
      const role = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "mighty" },
        rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
      };
      await cluster.kubectl(["create", "rolebinding", "binder", "--clusterrole=admin", "--user=jane"]);
      await eventually(async () => {
        const answer = await cluster.tryKubectl(["create", "-f", "-", "--as=jane"], { input: JSON.stringify(role) });
        expect(answer.stderr).toContain("is attempting to grant RBAC permissions not currently held");
      });
    });
  });

  describe("what is malformed", () => {
    const path = "/api/v1/namespaces/default/configmaps";

    it("JSON cut short, of another kind, or no object at all: 400", async () => {
      for (const body of ['{"apiVersion":"v1","kind":"ConfigMap"', "[1,2]", '"text"', ""]) {
        const answer = await asAdmin(path, ...json(body), "-X", "POST");
        expect(answer.code, body).toBe(400);
        expect(answer.body.reason, body).toBe("BadRequest");
      }
      // What is not said is taken from the path; then the name is missing.
      expect((await asAdmin(path, ...json({}))).code).toBe(422);
      const wrongKind = await asAdmin(path, ...json({ apiVersion: "v1", kind: "Secret", metadata: { name: "x" } }));
      expect(wrongKind.code).toBe(400);
      expect(wrongKind.body.message).toContain('Secret in version "v1" cannot be handled as a ConfigMap');
    });

    it("a wrong type names the field", async () => {
      const answer = await asAdmin(path, ...json({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: 5 } }));
      expect(answer.code).toBe(400);
      expect(answer.body.message).toContain("metadata.name");
    });

    it("unknown fields are refused when asked, and told as a warning otherwise", async () => {
      const body = json({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "extra" }, colour: "red" });
      const strict = await asAdmin(`${path}?fieldValidation=Strict`, ...body);
      expect(strict.code).toBe(400);
      expect(strict.body.message).toContain('unknown field "colour"');
      const warned = await asAdmin(`${path}?fieldValidation=Warn`, ...body, "-D", sandbox.path("headers"));
      expect(warned.code).toBe(201);
      expect(await output(["cat", sandbox.path("headers")])).toMatch(/warning: 299 - "unknown field \\"colour\\""/i);
    });

    it("all that is wrong with an object is told at once, with its place", async () => {
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "Bad_Name" },
        spec: {
          restartPolicy: "Sometimes",
          containers: [
            { name: "a", image: "" },
            { name: "a", image: "b" },
          ],
        },
      };
      const answer = await asAdmin("/api/v1/namespaces/default/pods", ...json(pod));
      expect(answer.code).toBe(422);
      expect(answer.body.reason).toBe("Invalid");
      const causes = answer.body.details.causes.map((cause: Json) => `${cause.field} ${cause.reason}`).sort();
      expect(causes).toEqual([
        "metadata.name FieldValueInvalid",
        "spec.containers[0].image FieldValueRequired",
        "spec.containers[1].name FieldValueDuplicate",
        "spec.restartPolicy FieldValueNotSupported",
      ]);
    });

    it("a body over 3 MiB: 413, and the connection's next request is served", async () => {
      await writeFile(
        sandbox.path("big.json"),
        JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "big" },
          data: { x: "x".repeat(4 * 1024 * 1024) },
        }),
      );
      const answer = await asAdmin(
        path,
        "-H",
        "Content-Type: application/json",
        "--data-binary",
        `@${sandbox.path("big.json")}`,
      );
      expect(answer.code).toBe(413);
      expect(answer.body).toMatchObject({ reason: "RequestEntityTooLarge", code: 413 });
      expect((await asAdmin("/readyz")).code).toBe(200);
    });

    it("more data than a ConfigMap holds: 422", async () => {
      await writeFile(
        sandbox.path("full.json"),
        JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "full" },
          data: { x: "x".repeat(1024 * 1024 + 1) },
        }),
      );
      const answer = await asAdmin(
        path,
        "-H",
        "Content-Type: application/json",
        "--data-binary",
        `@${sandbox.path("full.json")}`,
      );
      expect(answer.code).toBe(422);
      expect(answer.body.message).toContain("Too long: may not be more than 1048576 bytes");
    });

    it("JSON nested without end, wrong media types, methods, paths and versions", async () => {
      await writeFile(
        sandbox.path("deep.json"),
        `{"apiVersion":"v1","kind":"ConfigMap","metadata":${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}}`,
      );
      const deep = await asAdmin(
        path,
        "-H",
        "Content-Type: application/json",
        "--data-binary",
        `@${sandbox.path("deep.json")}`,
      );
      expect(deep.code).toBe(400);
      expect((await asAdmin(path, "-H", "Content-Type: text/csv", "-d", "a,b")).code).toBe(415);
      expect((await asAdmin(path, "-H", "Accept: text/csv")).code).toBe(406);
      expect((await asAdmin(path, "-X", "PUT", ...json({}))).body.message).toBe("name must be provided");
      expect((await asAdmin("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")).code).toBe(405);
      expect((await asAdmin("/api/v1/namespaces/default/nonsense")).code).toBe(404);
      expect((await asAdmin("/apis/apps/v0/deployments")).code).toBe(404);
      expect((await asAdmin(`${path}?limit=many`)).code).toBe(400);
      expect((await asAdmin(`${path}?labelSelector=%3D%3D%21`)).code).toBe(400);
      expect((await asAdmin(`${path}?fieldSelector=spec.colour%3Dred`)).code).toBe(400);
      // Upstream's answer, too.
      const watch = await asAdmin(`${path}?watch=1&resourceVersion=none`);
      expect(watch.code).toBe(500);
      expect(watch.body.message).toContain('parsing "none": invalid syntax');
    });

    it("a NodePort that another Service has, or outside of the range: 422", async () => {
      const service = (name: string, nodePort: number) =>
        json({
          apiVersion: "v1",
          kind: "Service",
          metadata: { name },
          spec: { type: "NodePort", ports: [{ port: 80, nodePort }] },
        });
      const services = "/api/v1/namespaces/default/services";
      expect((await asAdmin(services, ...service("one", 31_999))).code).toBe(201);
      const taken = await asAdmin(services, ...service("two", 31_999));
      expect(taken.code).toBe(422);
      expect(taken.body.message).toContain("provided port is already allocated");
      const outside = await asAdmin(services, ...service("three", 80));
      expect(outside.body.message).toContain(
        "provided port is not in the valid range. The range of valid ports is 30000-32767",
      );
    });
  });

  describe("the command", () => {
    /** Ends unsuccessfully with exactly one line, which holds `words`. */
    async function expectRefused(argv: readonly string[], ...words: readonly string[]): Promise<void> {
      const { exitCode, stdout, stderr } = await run(argv, { environment: cluster.environment });
      expect(exitCode, argv.join(" ")).not.toBe(0);
      expect(stderr.trim().split("\n"), stdout + stderr).toHaveLength(1);
      for (const word of words) expect(stderr).toContain(word);
    }
    const k8ts = (...args: readonly string[]) => [launcher, ...args];

    it("wants root", async () => {
      // Nobody, who may still read this checkout wherever it lies.
      const capabilities = ["--inh-caps", "--ambient-caps"].map(set => `${set}=+dac_override,+dac_read_search`);
      const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...capabilities];
      await expectRefused([...nobody, ...k8ts("up", "--name", "nobody")], "root", "sudo");
    });

    it("wants a cluster, node and component that exist", async () => {
      await expectRefused(k8ts("status", "--name", "nowhere"), 'there is no cluster "nowhere"', cluster.name);
      await expectRefused(k8ts("node", "stop", "node-7", "--name", cluster.name), 'has no node "node-7"', "node-1");
      await expectRefused(k8ts("logs", "kettle", "--name", cluster.name), 'there is no component "kettle"', "server");
      await expectRefused(k8ts("image", "rm", "none:1", "--name", cluster.name), "there is no image none:1");
      await expectRefused(
        k8ts("image", "load", "/no/such.tar", "--name", cluster.name),
        "there is no file /no/such.tar",
      );
      await expectRefused(k8ts("image", "load", launcher, "--name", cluster.name), "could not be loaded");
    });

    it("wants words that it knows", async () => {
      await expectRefused(k8ts("upp"), "upp");
      await expectRefused(k8ts("up", "--nmae", "x"), "--nmae");
      await expectRefused(k8ts("up", "--name", "Not A Name"), "Not A Name");
      await expectRefused(k8ts("up", "--output", "xml"), "xml");
      await expectRefused(k8ts("logs"), "component");
      await expectRefused(k8ts("up", "--config", "/no/such.yaml"), "/no/such.yaml", "no such file");
    });

    it("says where a config file is wrong", async () => {
      const cases: readonly (readonly [string, string])[] = [
        ["egress: none\ncolour: red\n", ':2:1: unknown key "colour"'],
        ["nodes:\n  - name: a\n    rolle: worker\n", ':3:5: unknown key "rolle"'],
        ["egress: some\n", ":1:9: egress must be one of none, nat"],
        ["podSubnet: 10.244.0.0/99\n", ":1:12: podSubnet must be an IPv4 range"],
        ["nodes: [\n", ":2:1"],
        ["nodes:\n  - name: a\n  - name: a\n", 'two nodes are named "a"'],
        ["nodePortRange: 5-1\n", "nodePortRange must be FROM-TO"],
      ];
      for (const [text, words] of cases) {
        await writeFile(sandbox.path("wrong.yaml"), text);
        await expectRefused(k8ts("up", "--name", "wrong", "--config", sandbox.path("wrong.yaml")), words);
      }
    });

    it("names a subnet in use, and a cluster that exists with another config", async () => {
      const { plan } = await cluster.record();
      await writeFile(
        sandbox.path("clash.yaml"),
        `egress: none\npodSubnet: ${plan.nodeSubnet.replace(/\.\d+\.0\/24$/, ".0.0/16")}\n`,
      );
      await expectRefused(
        k8ts("up", "--name", "clash", "--config", sandbox.path("clash.yaml")),
        "podSubnet",
        "is in use",
      );
      await writeFile(sandbox.path("other.yaml"), "egress: none\nserviceSubnet: 10.97.0.0/16\n");
      await expectRefused(
        k8ts("up", "--name", cluster.name, "--config", sandbox.path("other.yaml")),
        "exists with another config",
      );
    });

    it("every command has help with examples", async () => {
      const commands = (await output(k8ts("--help"))).matchAll(/^ {2}([a-z]+)(?: |$)/gm);
      const names = [...commands].map(match => match[1]!).filter(name => name !== "help");
      expect(names).toEqual(
        expect.arrayContaining(["up", "down", "stop", "start", "status", "ls", "node", "image", "kubeconfig", "logs"]),
      );
      for (const name of names.filter(each => each !== "node" && each !== "image"))
        expect(await output(k8ts(name, "--help")), name).toContain("Examples:");
    });
  });
});
