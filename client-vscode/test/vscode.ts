/** What the tested modules need of the `vscode` module outside VS Code: nothing that answers, only names to import. */
export {};
