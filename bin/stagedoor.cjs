#!/usr/bin/env node
require('./require-node.cjs');
import('../src/cli.ts');
