/** The selected Python environment, as the Python extensions tell it. */
import * as vscode from 'vscode';

interface PythonExtension {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri: vscode.Uri | undefined } } | undefined>;
  };
}

interface EnvironmentsExtension {
  getEnvironment(scope: vscode.Uri | undefined): Promise<{ execInfo: { run: { executable: string } } } | undefined>;
}

/** Path of the interpreter, or undefined where no Python extension is installed or nothing is selected. */
export async function selectedInterpreter(folder: vscode.Uri | undefined): Promise<string | undefined> {
  return (await fromEnvironments(folder)) ?? (await fromPython(folder));
}

async function fromEnvironments(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<EnvironmentsExtension>('ms-python.vscode-python-envs');
  if (!extension) return undefined;
  const environment = await (await extension.activate()).getEnvironment(folder);
  return environment?.execInfo.run.executable;
}

async function fromPython(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  if (!extension) return undefined;
  const { environments } = await extension.activate();
  const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
  return resolved?.executable.uri?.fsPath;
}
