import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Helper, HelperError } from "../helper.ts";
import { silentLog } from "../log.ts";
import { quoteWord, startHelper } from "./helper.ts";

describe("helper", () => {
  let folder: string;
  let helper: Helper;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "k8ts-helper-"));
    helper = await startHelper({ folder: join(folder, "h"), log: silentLog });
  });
  afterAll(async () => {
    await helper[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it("gives exit code, output and error output", async () => {
    const result = await helper.run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(result).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("hands words over untouched", async () => {
    const words = ["plain", "it's", 'say "x"', "$HOME `id` \\ %s", "a\nb\\n", ";rm -rf nothing", "", "*"];
    const result = await helper.run(["printf", "[%s]", ...words]);
    expect(result.stdout).toBe(words.map(word => `[${word}]`).join(""));
  });

  it("passes input, environment and folder", async () => {
    const result = await helper.run(["sh", "-c", "cat; echo $GREETING; pwd"], {
      input: "line one\n",
      environment: { GREETING: "hi 'there'" },
      cwd: "/usr",
    });
    expect(result.stdout).toBe("line one\nhi 'there'\n/usr\n");
  });

  it("runs a constant script with words, input, environment and folder", async () => {
    const result = await helper.runScript(
      'cat; printf "[%s]" "$@"\npwd; sh -c "echo $WORD" >&2; exit 7',
      ["it's", "a\nb"],
      {
        input: "in\n",
        environment: { WORD: "exported" },
        cwd: "/usr",
      },
    );
    expect(result).toEqual({ exitCode: 7, stdout: "in\n[it's][a\nb]/usr\n", stderr: "exported\n" });
    expect(await helper.runScript("exit 3", [])).toEqual({ exitCode: 3, stdout: "", stderr: "" });
  });

  it("says why a command cannot be started", async () => {
    const { exitCode, stderr } = await helper.run(["no-such-program"], { cwd: "/usr" });
    expect(exitCode).toBe(127);
    expect(stderr).toContain("no-such-program");
    expect((await helper.run(["true"], { cwd: "/no/such/folder" })).exitCode).not.toBe(0);
  });

  it("runs commands side by side", async () => {
    const started = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => helper.run(["sleep", "0.3"])));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("ends a command at its time limit", async () => {
    expect((await helper.run(["sleep", "30"], { timeoutMs: 200 })).exitCode).toBe(124);
    const all = "sleep 31 & sleep 31 | cat";
    expect((await helper.runScript(all, [], { timeoutMs: 200 })).exitCode).toBe(124);
    expect((await helper.run(["pgrep", "-xf", "sleep 31"])).stdout).toBe("");
  });

  it("kills a command that does not end when its time is up", async () => {
    const stubborn = "trap '' TERM; while :; do sleep 0.05; done";
    expect((await helper.run(["sh", "-c", stubborn], { timeoutMs: 100 })).exitCode).toBe(124);
  });

  it("cuts long output", async () => {
    const result = await helper.run(["sh", "-c", "yes | head -c 100000"], { stdoutLimitBytes: 1000 });
    expect(result.stdout.length).toBe(1000);
  });

  it("answers what its process had begun before it died, and goes on", async () => {
    const begun = join(folder, "begun");
    const inFlight = helper.runScript('echo $$ >"$1"; sleep 0.5; echo done', [begun]);
    await expect.poll(() => readFile(begun, "utf8").catch(() => "")).toMatch(/\n/);
    process.kill(Number(await readFile(begun, "utf8")), "SIGKILL");
    expect(await inFlight).toEqual({ exitCode: 0, stdout: "done\n", stderr: "" });
    expect((await helper.run(["echo", "again"])).stdout).toBe("again\n");
  });

  it("runs what its process did not begin before it died", async () => {
    const { stdout: loop } = await helper.runScript("echo $$", []);
    process.kill(Number(loop), "SIGSTOP");
    const unread = [1, 2].map(each => helper.run(["echo", `${each}`]));
    process.kill(Number(loop), "SIGKILL");
    expect((await Promise.all(unread)).map(each => each.stdout)).toEqual(["1\n", "2\n"]);
  });

  it("fails what its process did not begin when another command of it goes on", async () => {
    const { stdout: loop } = await helper.runScript("echo $$", []);
    const begun = helper.runScript(`sleep 0.3; kill -STOP $$; sleep 0.3; kill -KILL $$; sleep 1.5; echo done`, []);
    await expect.poll(() => readFile(`/proc/${loop.trim()}/stat`, "utf8")).toContain(") T ");
    await expect(helper.run(["true"])).rejects.toThrow(HelperError);
    expect((await begun).stdout).toBe("done\n");
  });

  it("fails what dies with its process", async () => {
    const all = 'read -r self name state job rest </proc/self/stat; kill -9 $$ "$job" "$self"';
    await expect(helper.runScript(all, [])).rejects.toThrow(HelperError);
  });

  it("begins when the commands of an earlier process have ended, by themselves or killed", async () => {
    const shared = join(folder, "shared");
    const earlier = await startHelper({ folder: shared, log: silentLog });
    const commands = [earlier.run(["sleep", "32"]), earlier.runScript('sleep 0.3; : >"$1"', [join(folder, "late")])];
    for (const command of commands) command.catch(() => undefined);
    const { stdout: loop } = await earlier.runScript("echo $$", []);
    process.kill(Number(loop), "SIGKILL");
    await using later = await startHelper({ folder: shared, log: silentLog });
    expect(await readdir(folder)).toContain("late");
    expect((await later.run(["pgrep", "-xf", "sleep 32"])).stdout).toBe("");
  });

  it("leaves no files of commands that ended", async () => {
    await helper.run(["true"], { input: "x" });
    await expect.poll(async () => (await readdir(join(folder, "h"))).length).toBeLessThan(4);
  });

  it("leaves no zombies of commands that ended", async () => {
    const states = 'for child in $(cat /proc/$PPID/task/$PPID/children); do cut -d" " -f3 /proc/$child/stat; done';
    for (let each = 0; each < 30; each++) await helper.run(["true"]);
    const { stdout } = await helper.run(["sh", "-c", `PPID=$(cut -d" " -f4 /proc/$PPID/stat); ${states}`]);
    expect(stdout.split("\n").filter(state => state === "Z").length).toBeLessThan(5);
  });

  it("quotes single quotes", () => {
    expect(quoteWord("a'b")).toBe(`'a'\\''b'`);
  });
});
