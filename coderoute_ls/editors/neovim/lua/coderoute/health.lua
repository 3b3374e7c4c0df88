-- `:checkhealth coderoute`.
local M = {}

local function check_server()
  local command = vim.lsp.config.coderoute.cmd[1]
  if vim.fn.executable(command) ~= 1 then
    vim.health.error('coderoute-ls was not found', {
      'Install it: `uv tool install .` or `pipx install .` in the folder of its sources; then it is on PATH',
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

--- Prompts of one's own, with what is wrong in which line.
local function check_prompts()
  local client = vim.lsp.get_clients({ name = 'coderoute' })[1]
  if not client then
    return
  end
  local run = { command = 'coderoute.actions', arguments = { { uri = vim.uri_from_bufnr(0) } } }
  local answer = client:request_sync('workspace/executeCommand', run, 2000)
  local offered = answer and answer.result
  if not offered then
    return
  end
  local own = vim.tbl_filter(function(action)
    return action.file ~= ''
  end, offered.actions)
  vim.health.ok(('Prompts of your own: %d, in %s'):format(#own, offered.promptsFolder))
  for _, problem in ipairs(offered.problems) do
    vim.health.warn(problem, { 'Correct that line: :help coderoute-prompts' })
  end
end

local function check_keys()
  local keys = require('coderoute.keys')
  if not keys.set then
    vim.health.info("Keys: none are set; require('coderoute').setup({ keys = true }) sets those under " .. keys.PREFIX)
    return
  end
  vim.health.ok('Keys: set under ' .. keys.set)
  for _, skipped in ipairs(keys.skipped) do
    vim.health.info('Left as it was: ' .. skipped)
  end
end

local function check_menus()
  for module, name in pairs({ ['blink.cmp'] = 'blink.cmp', cmp = 'nvim-cmp' }) do
    if package.loaded[module] then
      vim.health.info(name .. ' is loaded: it can show what ghost text does (:help coderoute-sources)')
    end
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
  check_prompts()
  check_keys()
  check_menus()
  vim.health.info('Models and keys: run `coderoute-ls doctor`')
end

return M
