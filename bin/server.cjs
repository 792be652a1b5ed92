#!/usr/bin/env node
require('./prepare.cjs');
import('../src/main.ts');
