/** The benchmark: ours beside its peers, in one run, each in processes of its own. */
package dev.serverevents.bench;
