// Package net answers questions about IP prefixes, protocols and ports as AWS
// reads them in security groups, network ACLs and routes. Callers import it as
// awsnet.
//
// Answers that rest on something unwritten are tri.Unknown. Every such answer
// is monotone: replacing an input by "unknown" may turn an answer into Unknown,
// never True into False or back.
//
// Sets of addresses and of ports are kept as intervals and never enumerated, so
// that ::/0 costs as much as a single address.
package net
