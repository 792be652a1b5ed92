#!/usr/bin/env node
require('./prepare.cjs');
import('../src/cli.ts');
