-- The server as a process and as a client.
local M = {}

--- Command line of the server: the one on PATH, else the one of the Python environment that this folder is installed in.
function M.command()
  if vim.fn.executable('coderoute-ls') == 1 then
    return { 'coderoute-ls', 'serve' }
  end
  local here = debug.getinfo(1, 'S').source:sub(2)
  local environment = here:match('^(.*)/lib/[^/]*/site%-packages/') or ''
  return { environment .. '/bin/coderoute-ls', 'serve' }
end

--- The client that serves this buffer, or nil.
function M.client(bufnr)
  return vim.lsp.get_clients({ name = 'coderoute', bufnr = bufnr or 0 })[1]
end

--- The client of this buffer, else of any: what is asked about no document can be asked from everywhere.
local function any(bufnr)
  local client = M.client(bufnr) or vim.lsp.get_clients({ name = 'coderoute' })[1]
  if not client then
    vim.notify('CodeRoute does not serve this buffer: see :checkhealth coderoute', vim.log.levels.WARN)
  end
  return client
end

--- Asks the server; `on_result` gets the answer, what is wrong is told.
function M.request(method, params, on_result, bufnr)
  local client = any(bufnr)
  if client then
    client:request(method, params, function(err, result)
      if err then
        vim.notify('CodeRoute: ' .. err.message, vim.log.levels.ERROR)
      elseif on_result then
        on_result(result)
      end
    end, bufnr or 0)
  end
end

--- Calls one of the server's commands with its one argument.
function M.execute(command, argument, on_result, bufnr)
  M.request('workspace/executeCommand', { command = command, arguments = { argument } }, on_result, bufnr)
end

return M
