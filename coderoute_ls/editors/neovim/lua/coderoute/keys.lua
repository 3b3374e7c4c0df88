-- Keys under one leader, set only when the user asks for them, and never over a mapping that is there.
local M = {}

M.PREFIX = '<leader>c'

--- Key behind the prefix → modes, `:CodeRoute` subcommand, description.
local KEYS = {
  a = { 'nx', 'act', 'actions at the cursor' },
  r = { 'nx', 'refactor', 'refactor' },
  d = { 'nx', 'document', 'document' },
  f = { 'n', 'fix', 'fix the problem' },
  e = { 'nx', 'edit', 'edit with an instruction' },
  x = { 'nx', 'explain', 'explain' },
  i = { 'n', 'ask', 'ask on about the answer' },
  h = { 'n', 'explain_error', 'explain the problem' },
  t = { 'nx', 'tests', 'write tests' },
  g = { 'n', 'commit', 'write the commit message' },
  p = { 'nx', 'prompt', 'prompts of your own' },
  m = { 'nx', 'model', 'model of an action' },
  w = { 'n', 'why', 'why this model?' },
  u = { 'n', 'usage', 'usage' },
  q = { 'n', 'quality', 'quality for this workspace' },
  s = { 'n', 'snooze', 'snooze suggestions' },
  l = { 'n', 'language', 'suggestions in this language' },
  o = { 'n', 'menu', 'menu' },
  n = { 'n', 'suggest', 'suggest the next edit' },
  c = { 'n', 'cancel', 'cancel what is running' },
  k = { 'n', 'keep change', 'keep the change at the cursor' },
  j = { 'n', 'reject change', 'reject the change at the cursor' },
  v = { 'n', 'diff', 'compare the edit' },
  ['<CR>'] = { 'n', 'keep', 'keep the edit' },
  ['<BS>'] = { 'n', 'undo', 'undo the edit' },
  b = { 'n', 'retry', 'retry on a stronger model' },
}

--- Keys that were left as they are, with what they do; for `:checkhealth`.
M.skipped = {}
--- The prefix that the keys were set under; nil while they are not.
M.set = nil

--- Maps the keys. Returns those that were left alone because the user has mapped them.
function M.map(prefix)
  M.set, M.skipped = prefix or M.PREFIX, {}
  for key, entry in pairs(KEYS) do
    local lhs = M.set .. key
    for mode in entry[1]:gmatch('.') do
      local there = vim.fn.maparg(lhs, mode, false, true)
      if there.lhs and not vim.startswith(there.desc or '', 'CodeRoute: ') then
        M.skipped[#M.skipped + 1] = ('%s (%s): %s'):format(lhs, mode, there.desc or there.rhs or 'a function')
      else
        -- In visual mode `:` begins with '<,'>, which is the range that the command takes.
        local rhs = (mode == 'x' and ':CodeRoute %s<CR>' or '<Cmd>CodeRoute %s<CR>'):format(entry[2])
        vim.keymap.set(mode, lhs, rhs, { silent = true, desc = 'CodeRoute: ' .. entry[3] })
      end
    end
  end
  table.sort(M.skipped)
  return M.skipped
end

return M
