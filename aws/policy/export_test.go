package policy

// Brief is for the tests outside of the package.
var Brief = brief
