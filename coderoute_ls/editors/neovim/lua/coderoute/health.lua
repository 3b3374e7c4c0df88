-- `:checkhealth coderoute`.
local M = {}

local function check_server()
  local command = vim.lsp.config.coderoute.cmd[1]
  if vim.fn.executable(command) ~= 1 then
    vim.health.error('coderoute-ls was not found', {
      'Install it: `uv tool install coderoute-ls` or `pipx install coderoute-ls`',
      "Or name it: vim.lsp.config('coderoute', { cmd = { '/path/to/coderoute-ls', 'serve' } })",
    })
    return
  end
  local answer = vim.system({ command, '--version' }, { text = true }):wait()
  if answer.code == 0 then
    vim.health.ok(vim.trim(answer.stdout) .. ' at ' .. vim.fn.exepath(command))
  else
    vim.health.error(command .. ' does not run', { vim.trim(answer.stderr) })
  end
end

local function check_clients()
  local clients = vim.lsp.get_clients({ name = 'coderoute' })
  if not vim.lsp.is_enabled('coderoute') and #clients == 0 then
    vim.health.warn('The server is not enabled', { "vim.lsp.enable('coderoute')" })
  elseif #clients == 0 then
    vim.health.info('The server is enabled and starts with the first file that is opened')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    vim.health.ok(('Client %d: buffers %d, positions in %s'):format(client.id, buffers, client.offset_encoding))
  end
end

function M.check()
  vim.health.start('coderoute')
  if vim.fn.has('nvim-0.11') ~= 1 then
    vim.health.error('Neovim 0.11 or newer is needed')
    return
  end
  check_server()
  check_clients()
  local ghost = vim.lsp.inline_completion and 'built into Neovim' or 'by the plugin (Neovim 0.12 has it built in)'
  vim.health.info('Ghost text: ' .. ghost)
  vim.health.info('Models and keys: run `coderoute-ls doctor`')
end

return M
