stage
end
