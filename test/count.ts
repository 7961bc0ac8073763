/** Prints "PASSED FAILED" of a vitest JSON report, then a line for each failure; a file that could not be run counts as one. */
import { readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const report = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Report;
const failures = report.testResults.flatMap(file => {
  const failed = file.assertionResults.filter(test => test.status === "failed");
  if (failed.length === 0 && file.status === "failed") return [`${file.name}: ${file.message}`];
  return failed.map(test => `${file.name} > ${test.fullName}: ${test.failureMessages[0] ?? ""}`);
});
console.log(`${report.numPassedTests} ${failures.length}`);
for (const failure of failures) console.log(failure.split("\n", 3).join(" | ").replaceAll(`${process.cwd()}/`, ""));
