import { Argument, type Command } from "commander";
import { clusterNames, readRecord } from "#cluster/record.ts";
import { examples } from "./cluster-option.ts";
import { complete } from "./complete.ts";

/**
 * Each script asks the hidden command `complete` for the words that fit: one a line, or ":files". It runs the k8ts that
 * stands on the command line, so that a checkout's ./k8ts completes as well as one on PATH.
 */
const scripts = {
  bash: `_k8ts() {
  local answer
  answer=$("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  COMPREPLY=()
  if [ "$answer" = :files ]; then compopt -o default; else mapfile -t COMPREPLY <<<"$answer"; fi
  [ -n "$answer" ] || COMPREPLY=()
}
complete -F _k8ts k8ts
`,
  zsh: `#compdef k8ts
_k8ts() {
  local -a answer
  answer=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "$answer" == :files ]]; then _files; else compadd -a answer; fi
}
compdef _k8ts k8ts
`,
  fish: `function __k8ts_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l answer ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
  if test "$answer" = ":files"
    __fish_complete_path "$current"
  else
    printf '%s\\n' $answer
  end
end
complete -c k8ts -f -a '(__k8ts_complete)'
`,
} as const;

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print the script that lets a shell complete commands, options, clusters and nodes")
    .addArgument(new Argument("<shell>").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      examples("source <(k8ts completion bash)", "source <(k8ts completion zsh)", "k8ts completion fish | source"),
    )
    .action((shell: keyof typeof scripts) => void process.stdout.write(scripts[shell]));
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: readonly string[]) => {
      const found = await complete(program, words, {
        clusters: clusterNames,
        nodes: async cluster => (await readRecord(cluster))?.plan.nodes.map(node => node.name) ?? [],
      });
      process.stdout.write(found.map(each => `${each}\n`).join(""));
    });
}
